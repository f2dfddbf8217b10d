import { type PartialParse, type SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { COMPARISONS, operatorOf, textOf, within } from './ranges.ts';

/** One selector of series in an expression. */
export interface Selector {
  readonly metric: string | undefined;
  readonly matchers: readonly Matcher[];
}

/** A label that is matched, with the value where the match is exact. */
export interface Matcher {
  readonly label: string;
  readonly value: string | undefined;
  /** `=`, `!=`, `=~` or `!~`, and what stands behind it. */
  readonly operator: string;
  readonly text: string;
}

/** A comparison of something with a number: `rate(x[5m]) > 0.5`. */
export interface Comparison {
  readonly operator: string;
  readonly threshold: number;
  readonly selectors: readonly Selector[];
}

export interface Analysis {
  /** Offset of the first syntax error; undefined when the expression parses. */
  readonly errorAt: number | undefined;
  /** Whether it is nested too deeply to be looked into: a chain of thousands of operands, written by a program. */
  readonly isDeep: boolean;
  readonly selectors: readonly Selector[];
  /** Labels of `by`, `on`, `group_left` and the like. */
  readonly groupings: readonly string[];
  readonly comparisons: readonly Comparison[];
  /** Whether it gives what a graph can show and no rule can take: values over a time, or a text. */
  readonly isNoResult: boolean;
}

/** Variables of Grafana, which stand where PromQL wants a duration, a number or a text. */
const GRAFANA: readonly (readonly [RegExp, string])[] = [
  [/\$\{?__(rate_interval|interval|range)\}?/g, '5m'],
  [/\[\$\{?\w+(?::\w+)?\}?(?=[\]:])/g, '[5m'],
  [/\$\{?\w+(?::\w+)?\}?/g, '1'],
  // `5.` is a number for Prometheus and none for its grammar here.
  [/(?<![\w.])(\d{1,30})\.(?![\w.])/g, '$1.0'],
];

/** Stops at the first error: to recover from it and go on takes time that grows with the square of the text. */
const strict = parser.configure({ strict: true });

/** A quoted text, in which no grammar of PromQL stands. */
const QUOTED = /"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`[^`]*`?/g;

/** An expression whose quoted texts are numbers, equal ones the same: services and environments repeat each other's up to these. */
export function formOf(expression: string): { readonly form: string; readonly texts: readonly string[] } {
  const numbers = new Map<string, number>();
  const form = expression.replace(QUOTED, (text) => {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return `"${number}"`;
  });
  return { form, texts: [...numbers.keys()] };
}

/** Each form is parsed once, up to a bound. */
const forms = new Map<string, Analysis>();
const KEPT_AT_MOST = 5000;

/** Reads an expression, in which Grafana's variables may stand. */
export function analyse(expression: string): Analysis {
  const { form, texts } = formOf(expression);
  const known = forms.get(form) ?? read(form);
  if (forms.size < KEPT_AT_MOST) forms.set(form, known);
  if (known.errorAt !== undefined) return read(expression);
  const values = texts.map(unquoted);
  const filled = (selectors: readonly Selector[]) => selectors.map((selector) => fill(selector, values));
  return {
    ...known,
    selectors: filled(known.selectors),
    comparisons: known.comparisons.map((one) => ({ ...one, selectors: filled(one.selectors) })),
  };
}

/** In quotes, a backslash stands as two, as in "a\\.b" for the pattern a\.b; between backticks as itself. */
function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  return text.startsWith('`') ? inner : inner.replace(/\\([\\"'])/g, '$1');
}

/** A metric may be named by a matcher too: `{__name__="up"}`. */
function fill({ metric, matchers }: Selector, values: readonly string[]): Selector {
  const textAt = (number: string | undefined) => (number === undefined ? undefined : values[Number(number)]);
  const named = matchers.find(({ label }) => label === '__name__');
  return {
    metric: metric ?? textAt(named?.value),
    matchers: matchers
      .filter(({ label }) => label !== '__name__')
      .map(({ label, value, operator, text }) => ({
        label,
        operator,
        value: textAt(value),
        text: textAt(text) ?? text,
      })),
  };
}

function read(expression: string): Analysis {
  const text = GRAFANA.reduce((replaced, [variable, value]) => replaced.replace(variable, value), expression);
  const tree = parse(text);
  if (typeof tree === 'number')
    return { errorAt: tree, isDeep: false, selectors: [], groupings: [], comparisons: [], isNoResult: false };
  const { topNode } = tree;
  const groupings = within(topNode, 'GroupingLabels').flatMap((labels) => labels.getChildren('LabelName'));
  return {
    errorAt: undefined,
    isDeep: tree === Tree.empty || depthOf(tree) > DEPTH_AT_MOST,
    selectors: selectorsIn(topNode, text),
    groupings: groupings.map((label) => textOf(label, text)),
    comparisons: within(topNode, 'BinaryExpr').flatMap((node) => comparisonOf(node, text) ?? []),
    isNoResult: /^(MatrixSelector|SubqueryExpr|StringLiteral)$/.test(innermost(topNode.firstChild)?.name ?? ''),
  };
}

/** Past parentheses and offsets. */
function innermost(node: SyntaxNode | null): SyntaxNode | null {
  return node && /^(ParenExpr|OffsetExpr|StepInvariantExpr)$/.test(node.name) ? innermost(node.firstChild) : node;
}

/** The tree of an expression, or where it stops being one. */
export function parse(text: string): Tree | number {
  if (text.trim() === '') return 0;
  try {
    return unlimited(strict.startParse(text));
  } catch (error) {
    // A tree deeper than the stack: what is in it is not looked into.
    if (error instanceof RangeError) return Tree.empty;
    if (!(error instanceof SyntaxError)) throw error;
    return Number(error.message.split(' ').at(-1));
  }
}

/** A chain of operands is a tree as deep as it is long. */
const DEPTH_AT_MOST = 1000;

function depthOf(tree: Tree): number {
  let [depth, deepest] = [0, 0];
  tree.iterate({
    enter: () => {
      depth += 1;
      deepest = Math.max(deepest, depth);
    },
    leave: () => {
      depth -= 1;
    },
  });
  return deepest;
}

/** Parses to the end. The parser counts operands to cut a chain of more than 300 of them, for editors that walk its trees. */
function unlimited(parse: PartialParse & { bigReductionCount?: number }): Tree {
  for (;;) {
    const tree = parse.advance();
    if (tree !== null) return tree;
    parse.bigReductionCount = 0;
  }
}

function selectorsIn(node: SyntaxNode, text: string): readonly Selector[] {
  return within(node, 'VectorSelector').map((selector) => {
    const identifier = selector.getChild('Identifier');
    const matchers = within(selector, 'UnquotedLabelMatcher').map((matcher) => readMatcher(textOf(matcher, text)));
    return { metric: identifier ? textOf(identifier, text) : undefined, matchers };
  });
}

function readMatcher(written: string): Matcher {
  const [, label = '', operator = '', text = ''] = /^\s*(\w+)\s*(=~|!~|!=|=)\s*["'`](.*)["'`]\s*$/s.exec(written) ?? [];
  return { label, operator, text, value: operator === '=' ? text : undefined };
}

function comparisonOf(node: SyntaxNode, text: string): Comparison | undefined {
  const operator = COMPARISONS[operatorOf(node)];
  const { firstChild: left, lastChild: right } = node;
  if (operator === undefined || !left || !right) return undefined;
  const threshold = Number(textOf(right, text).replace(/[()\s]/g, ''));
  if (Number.isNaN(threshold)) return undefined;
  return { operator, threshold, selectors: selectorsIn(left, text) };
}
