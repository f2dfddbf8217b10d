import type { SyntaxNode } from '@lezer/common';
import { analyse, formOf, parse, type Selector } from './analyse.ts';
import { impossible } from './matchers.ts';
import {
  argumentsOf,
  bare,
  COMPARISONS,
  comesAndGoes,
  isSame,
  nameOf,
  operatorOf,
  rangeOf,
  textOf,
  within,
} from './ranges.ts';

/** Why an expression is true never or always, and what to do about it. */
export interface Fault {
  readonly message: string;
  readonly fix: string;
}

/** Forms of expressions that have none: services and environments repeat each other's up to the values of labels. */
const faultless = new Set<string>();

/** What makes an alert that never fires, or one that never ends: thresholds out of reach, and series that cannot exist. */
export function faultsOf(text: string): readonly Fault[] {
  const { form } = formOf(text);
  const faults = faultless.has(form) ? [] : faultsWithin(text);
  if (faults.length === 0) faultless.add(form);
  return [...faults, ...analyse(text).selectors.flatMap(({ matchers }) => impossible(matchers) ?? [])];
}

function faultsWithin(text: string): readonly Fault[] {
  const tree = parse(text);
  if (typeof tree === 'number' || analyse(text).isDeep) return [];
  const faults: Fault[] = [];
  const top = bare(tree.topNode.firstChild);
  if (top?.getChild('BoolModifier'))
    faults.push({ message: 'never ends: bool makes a series of what is false too', fix: 'Remove bool.' });
  if (top && isFilledUp(top, text))
    faults.push({
      message: 'never ends: vector() makes a series where there is none',
      fix: 'Compare the whole with a number: (... or vector(0)) > 5.',
    });
  tree.iterate({
    enter: ({ node }) => {
      if (isExcluded(node) || /^absent/.test(nameOf(node, text))) return false;
      const fault = faultOf(node, text);
      if (fault) faults.push(isAlternative(node) ? ofPart(fault) : fault);
      return true;
    },
  });
  return faults;
}

function faultOf(node: SyntaxNode, text: string): Fault | undefined {
  if (node.name === 'BinaryExpr')
    return outOfReach(node, text) ?? itself(node, text) ?? unmatched(node, text) ?? apart(node, text);
  return /^(FunctionCall|AggregateExpr)$/.test(node.name) ? wrongNumber(node, text) : undefined;
}

/** Series that are set against themselves, or against their own absence. `x != x` asks for what is no number. */
function itself(node: SyntaxNode, text: string): Fault | undefined {
  const { firstChild: left, lastChild: right } = node;
  const operator = operatorOf(node);
  if (!left || !right || node.getChild('BoolModifier')) return undefined;
  if (/^(Unless|Gtr|Lss)$/.test(operator) && left.name !== 'NumberDurationLiteral' && isSame(left, right, text))
    return { message: 'never fires: both sides are the same series', fix: 'Compare it with something else.' };
  if (operator !== 'And') return undefined;
  const sides = [left, right].map((side) => bare(side) ?? side);
  const asks = (side: SyntaxNode): SyntaxNode =>
    side.firstChild && COMPARISONS[operatorOf(side)] !== undefined
      ? asks(bare(side.firstChild) ?? side.firstChild)
      : side;
  const isContradicted = sides.some((side, index) => {
    const [missing] = nameOf(side, text) === 'absent' ? argumentsOf(side) : [];
    const other = sides[1 - index];
    return missing !== undefined && other !== undefined && isSame(missing, asks(other), text);
  });
  return isContradicted
    ? { message: 'never fires: the same series would have to be there and absent', fix: 'Write or.' }
    : undefined;
}

/** Whether it stands on the right of `unless`: what never is there takes nothing away. */
function isExcluded(node: SyntaxNode): boolean {
  const { parent } = node;
  return parent?.name === 'BinaryExpr' && operatorOf(parent) === 'Unless' && parent.lastChild?.from === node.from;
}

/** Whether it stands on a side of an `or`, of which the other may still hold. */
function isAlternative({ parent }: SyntaxNode): boolean {
  return parent !== null && (operatorOf(parent) === 'Or' || isAlternative(parent));
}

function ofPart({ message, fix }: Fault): Fault {
  return { message: message.replace(/^never fires/, 'this part never fires'), fix };
}

function outOfReach(node: SyntaxNode, text: string): Fault | undefined {
  const operator = COMPARISONS[operatorOf(node)];
  const { firstChild: left, lastChild: right } = node;
  if (operator === undefined || !left || !right || node.getChild('BoolModifier')) return undefined;
  const [[least, most], [threshold, same]] = [rangeOf(left, text), rangeOf(right, text)];
  if (threshold !== same) return undefined;
  const [never, always] = {
    '>': [threshold >= most, threshold < least],
    '>=': [threshold > most, threshold <= least],
    '<': [threshold <= least, threshold > most],
    '<=': [threshold < least, threshold >= most],
    '==': [threshold < least || threshold > most, threshold === least && threshold === most],
  }[operator] ?? [false, false];
  // Elsewhere than at the top, and of series that come and go, what always holds asks only whether they are there.
  const isOfAlert = whole(node)?.name === 'PromQL';
  if (!never && !(always && isOfAlert && !comesAndGoes(left, text))) return undefined;
  const what = textOf(left, text).replace(/\{[^{}]*\}/g, '');
  const range = `${what} is ${describe([least, most])}`;
  return never
    ? { message: `never fires: ${range}, never ${operator} ${threshold}`, fix: 'Compare with a value that it reaches.' }
    : { message: `never ends: ${range}, always ${operator} ${threshold}`, fix: 'Compare with a value that it passes.' };
}

function describe([least, most]: readonly [number, number]): string {
  if (least === Number.NEGATIVE_INFINITY) return `never above ${most}`;
  if (most === Number.POSITIVE_INFINITY) return `never below ${least}`;
  return least === most ? `always ${least}` : `between ${least} and ${most}`;
}

/** What an expression stands in, parentheses aside. */
function whole({ parent }: SyntaxNode): SyntaxNode | undefined {
  return parent?.name === 'ParenExpr' ? whole(parent) : (parent ?? undefined);
}

/** The labels that all series of a selector have with one value, as long as nothing takes labels away. */
function fixedBy(node: SyntaxNode, text: string): Selector['matchers'] {
  if (within(node, 'VectorSelector').length !== 1) return [];
  // Each of them makes series without the labels of the selector.
  if (['MatchingModifierClause', 'Or', 'AggregateExpr'].some((name) => within(node, name).length > 0)) return [];
  const calls = within(node, 'FunctionCall').map((call) => nameOf(call, text));
  if (calls.some((name) => /^((scalar|vector)$|label_)/.test(name))) return [];
  const [only] = analyse(textOf(node, text)).selectors;
  return only?.matchers.filter(({ value }) => value !== undefined) ?? [];
}

/** Two sums by different labels have no series in common, nor have two selectors that fix one label differently. */
function unmatched(node: SyntaxNode, text: string): Fault | undefined {
  const { firstChild: left, lastChild: right } = node;
  if (['Or', 'Unless'].includes(operatorOf(node)) || !left || !right || node.getChild('MatchingModifierClause'))
    return undefined;
  const theirs = fixedBy(right, text);
  const clash = fixedBy(left, text).find(({ label, value }) =>
    theirs.some((another) => another.label === label && another.value !== value),
  );
  if (clash)
    return {
      message: `never fires: ${clash.label} is ${clash.value} on one side only, and no series are in both`,
      fix: 'Say on(...) which labels to match.',
    };
  const [one, other] = [groupsOf(bare(left), text), groupsOf(bare(right), text)];
  if (one === undefined || other === undefined || one === other) return undefined;
  return {
    message: `never fires: one side is by (${one}), the other by (${other}), and no series are in both`,
    fix: 'Group both by the same labels, or say on(...) which to match.',
  };
}

/** Whether it ends in `or vector(0)`, which is there whatever else is. */
function isFilledUp(node: SyntaxNode, text: string): boolean {
  if (node.name !== 'BinaryExpr' || operatorOf(node) !== 'Or') return false;
  const sides = [bare(node.firstChild), bare(node.lastChild)].filter((side) => side !== undefined);
  return sides.some(
    (side) => isFilledUp(side, text) || (side.name === 'FunctionCall' && nameOf(side, text) === 'vector'),
  );
}

/** Bounds of the same series that leave no value between them. */
function apart(node: SyntaxNode, text: string): Fault | undefined {
  if (operatorOf(node) !== 'And' || node.getChild('MatchingModifierClause')) return undefined;
  const [one, other] = [boundsOf(bare(node.firstChild), text), boundsOf(bare(node.lastChild), text)];
  if (!one || !other || one.what !== other.what || (one.from <= other.to && other.from <= one.to)) return undefined;
  const lower = one.from > other.from ? one.from : other.from;
  return {
    message: `never fires: no value of ${one.what} is above ${lower} and below ${Math.min(one.to, other.to)}`,
    fix: 'Write or, or turn one of the comparisons round.',
  };
}

function boundsOf(node: SyntaxNode | undefined, text: string) {
  const operator = node === undefined ? undefined : COMPARISONS[operatorOf(node)];
  if (node?.name !== 'BinaryExpr' || operator === undefined || node.getChild('BoolModifier')) return undefined;
  const { firstChild: left, lastChild: right } = node;
  const [threshold, same] = right ? rangeOf(right, text) : [0, 1];
  if (!left || threshold !== same || !/^[<>]/.test(operator)) return undefined;
  const [from, to] = operator.startsWith('>')
    ? [threshold, Number.POSITIVE_INFINITY]
    : [Number.NEGATIVE_INFINITY, threshold];
  return { what: textOf(left, text).trim(), from, to };
}

function groupsOf(node: SyntaxNode | undefined, text: string): string | undefined {
  const modifier = node?.name === 'AggregateExpr' ? node.getChild('AggregateModifier') : undefined;
  const labels = modifier?.getChild('By') ? modifier.getChild('GroupingLabels')?.getChildren('LabelName') : undefined;
  return labels
    ?.map((label) => textOf(label, text))
    .sort()
    .join(', ');
}

/** A number that a function or an aggregation takes and cannot use: a quantile in percent, the first 0 of all. */
function wrongNumber(node: SyntaxNode, text: string): Fault | undefined {
  const [first, second] = argumentsOf(node);
  const name = nameOf(node, text);
  if (!first || !second) return undefined;
  const [from, to] = rangeOf(first, text);
  if (/^(topk|bottomk|limitk)$/.test(name) && to < 1)
    return { message: `never fires: ${name} of ${to} keeps no series`, fix: 'Keep 1 at least.' };
  if (/quantile(_over_time)?$/.test(name) && from === to && (from < 0 || from > 1))
    return {
      message: `never ends: the quantile ${from} is not between 0 and 1, and its value infinite`,
      fix: 'Write 0.95 for 95 %.',
    };
  return name === 'histogram_quantile' ? withoutLe(second, text) : undefined;
}

function withoutLe(histogram: SyntaxNode, text: string): Fault | undefined {
  const isClassic = /_bucket\b/.test(textOf(histogram, text));
  const sum = bare(histogram);
  const groups = groupsOf(sum, text)?.split(', ');
  const modifier = sum?.getChild('AggregateModifier');
  const dropped = modifier?.getChild('Without') ? modifier.getChild('GroupingLabels')?.getChildren('LabelName') : [];
  const isDropped = dropped?.some((label) => textOf(label, text) === 'le') ?? false;
  if (!isClassic || (!isDropped && (groups === undefined || groups.includes('le')))) return undefined;
  return {
    message: 'never fires: the buckets of the histogram are summed without their label le',
    fix: isDropped ? 'Take le out of without (...).' : 'Add le to by (...).',
  };
}
