import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { children, textOf } from './ranges.ts';

/** One selector of series in an expression. */
export interface Selector {
  readonly metric: string | undefined;
  /** Labels that are matched, with the value where the match is exact. */
  readonly matchers: readonly { readonly label: string; readonly value: string | undefined }[];
}

/** A comparison of something with a number: `rate(x[5m]) > 0.5`. */
export interface Comparison {
  readonly operator: string;
  readonly threshold: number;
  /** What is compared, each quoted text in it replaced. */
  readonly left: string;
  readonly selectors: readonly Selector[];
}

export interface Analysis {
  /** Offset of the first syntax error; undefined when the expression parses. */
  readonly errorAt: number | undefined;
  readonly selectors: readonly Selector[];
  /** Labels of `by`, `on`, `group_left` and the like. */
  readonly groupings: readonly string[];
  readonly comparisons: readonly Comparison[];
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
export const QUOTED = /"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`[^`]*`?/g;

/** Services and environments repeat each other's expressions up to the values of labels: each form is parsed once, up to a bound. */
const forms = new Map<string, Analysis>();
const KEPT_AT_MOST = 5000;

/** Reads an expression, in which Grafana's variables may stand. */
export function analyse(expression: string): Analysis {
  const values: string[] = [];
  const form = expression.replace(QUOTED, (text) => `"${values.push(text.slice(1, -1)) - 1}"`);
  const known = forms.get(form) ?? read(form);
  if (forms.size < KEPT_AT_MOST) forms.set(form, known);
  return known.errorAt === undefined ? withValues(known, values) : read(expression);
}

/** The analysis of a form, in which each quoted text is its number, with the texts in their places. */
function withValues({ selectors, comparisons, ...rest }: Analysis, values: readonly string[]): Analysis {
  const filled = new Map(selectors.map((selector) => [selector, fill(selector, values)]));
  return {
    ...rest,
    selectors: [...filled.values()],
    comparisons: comparisons.map((comparison) => ({
      ...comparison,
      selectors: comparison.selectors.flatMap((selector) => filled.get(selector) ?? []),
    })),
  };
}

/** A metric may be named by a matcher too: `{__name__="up"}`. */
function fill({ metric, matchers }: Selector, values: readonly string[]): Selector {
  const textAt = (number: string | undefined) => (number === undefined ? undefined : values[Number(number)]);
  const named = matchers.find(({ label }) => label === '__name__');
  return {
    metric: metric ?? textAt(named?.value),
    matchers: matchers
      .filter(({ label }) => label !== '__name__')
      .map(({ label, value }) => ({ label, value: textAt(value) })),
  };
}

function read(expression: string): Analysis {
  const text = GRAFANA.reduce((replaced, [variable, value]) => replaced.replace(variable, value), expression);
  const parts = new Map<string, SyntaxNode[]>();
  const tree = parse(text);
  if (typeof tree === 'number') return { errorAt: tree, selectors: [], groupings: [], comparisons: [] };
  tree.iterate({
    enter: (node) => {
      if (!READ.has(node.name)) return;
      const nodes = parts.get(node.name) ?? [];
      nodes.push(node.node);
      parts.set(node.name, nodes);
    },
  });
  const of = (name: string): readonly SyntaxNode[] => parts.get(name) ?? [];
  const selectors = readSelectors(of, text);
  return {
    errorAt: undefined,
    selectors: selectors.map(({ selector }) => selector),
    groupings: of('LabelName')
      .filter(({ parent }) => parent?.name === 'GroupingLabels')
      .map((label) => textOf(label, text)),
    comparisons: of('BinaryExpr').flatMap((node) => comparisonOf(node, text, selectors)),
  };
}

/** The tree of an expression, or where it stops being one. */
export function parse(text: string): Tree | number {
  if (text.trim() === '') return 0;
  try {
    return strict.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return Number(error.message.split(' ').at(-1));
  }
}

/** What an analysis is made of; the tree is walked once, and these nodes are kept. */
const READ = new Set(['VectorSelector', 'Identifier', 'UnquotedLabelMatcher', 'LabelName', 'BinaryExpr']);

interface Placed {
  readonly node: SyntaxNode;
  readonly selector: Selector;
}

function readSelectors(of: (name: string) => readonly SyntaxNode[], text: string): readonly Placed[] {
  return of('VectorSelector').map((node) => {
    const matchers = of('UnquotedLabelMatcher')
      .filter((matcher) => isWithin(matcher, node))
      .map((matcher) => readMatcher(matcher, text));
    const identifier = of('Identifier').find((name) => isWithin(name, node));
    return { node, selector: { metric: identifier && textOf(identifier, text), matchers } };
  });
}

function readMatcher(node: SyntaxNode, text: string): { label: string; value: string | undefined } {
  const [, label = '', operator, value] =
    /^\s*(\w+)\s*(=~|!~|!=|=)\s*["'`](.*)["'`]\s*$/s.exec(textOf(node, text)) ?? [];
  return { label, value: operator === '=' ? value : undefined };
}

const COMPARES: Readonly<Record<string, string>> = { Gtr: '>', Gte: '>=', Lss: '<', Lte: '<=' };

function comparisonOf(node: SyntaxNode, text: string, selectors: readonly Placed[]): readonly Comparison[] {
  const operator = children(node)
    .map(({ name }) => COMPARES[name])
    .find((found) => found !== undefined);
  const { firstChild: left, lastChild: right } = node;
  if (operator === undefined || !left || !right) return [];
  const threshold = Number(textOf(right, text).replace(/[()\s]/g, ''));
  if (Number.isNaN(threshold)) return [];
  const compared = selectors.filter((selector) => isWithin(selector.node, left));
  return [{ operator, threshold, left: textOf(left, text), selectors: compared.map(({ selector }) => selector) }];
}

function isWithin({ from, to }: SyntaxNode, outer: SyntaxNode): boolean {
  return from >= outer.from && to <= outer.to;
}
