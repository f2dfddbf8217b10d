import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

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
];

/** Environments repeat each other's expressions word for word: each text is parsed once, up to a bound. */
const analysed = new Map<string, Analysis>();
const KEPT_AT_MOST = 5000;

/** Reads an expression, in which Grafana's variables may stand. */
export function analyse(expression: string): Analysis {
  const known = analysed.get(expression);
  if (known) return known;
  const analysis = read(expression);
  if (analysed.size < KEPT_AT_MOST) analysed.set(expression, analysis);
  return analysis;
}

function read(expression: string): Analysis {
  const text = GRAFANA.reduce((replaced, [variable, value]) => replaced.replace(variable, value), expression);
  const root = parser.parse(text).topNode;
  const nodes = [...descendants(root)];
  return {
    errorAt: text.trim() === '' ? 0 : nodes.find((node) => node.type.isError)?.from,
    selectors: selectorsIn(root, text),
    groupings: nodes.filter(({ name }) => name === 'GroupingLabels').flatMap((list) => names(list, 'LabelName', text)),
    comparisons: nodes.filter(({ name }) => name === 'BinaryExpr').flatMap((node) => comparisonOf(node, text)),
  };
}

function* descendants(node: SyntaxNode): Iterable<SyntaxNode> {
  yield node;
  for (let child = node.firstChild; child; child = child.nextSibling) yield* descendants(child);
}

function selectorsIn(node: SyntaxNode, text: string): readonly Selector[] {
  return [...descendants(node)]
    .filter(({ name }) => name === 'VectorSelector')
    .map((selector) => readSelector(selector, text));
}

function readSelector(node: SyntaxNode, text: string): Selector {
  const matchers = [...descendants(node)]
    .filter(({ name }) => name === 'UnquotedLabelMatcher')
    .map((matcher) => readMatcher(matcher, text));
  const [identifier] = names(node, 'Identifier', text);
  const named = matchers.find(({ label }) => label === '__name__');
  return { metric: identifier ?? named?.value, matchers: matchers.filter(({ label }) => label !== '__name__') };
}

function readMatcher(node: SyntaxNode, text: string): { label: string; value: string | undefined } {
  const source = text.slice(node.from, node.to);
  const [, label = '', operator, value] = /^\s*(\w+)\s*(=~|!~|!=|=)\s*["'`](.*)["'`]\s*$/s.exec(source) ?? [];
  return { label, value: operator === '=' ? value : undefined };
}

function names(node: SyntaxNode, type: string, text: string): readonly string[] {
  return [...descendants(node)].filter(({ name }) => name === type).map(({ from, to }) => text.slice(from, to));
}

const COMPARES: Readonly<Record<string, string>> = { Gtr: '>', Gte: '>=', Lss: '<', Lte: '<=' };

function comparisonOf(node: SyntaxNode, text: string): readonly Comparison[] {
  const operator = [...children(node)].map(({ name }) => COMPARES[name]).find((found) => found !== undefined);
  const right = node.lastChild;
  const left = node.firstChild;
  const threshold = right ? Number(text.slice(right.from, right.to).replace(/[()\s]/g, '')) : Number.NaN;
  if (operator === undefined || !left || Number.isNaN(threshold)) return [];
  return [{ operator, threshold, selectors: selectorsIn(left, text) }];
}

function* children(node: SyntaxNode): Iterable<SyntaxNode> {
  for (let child = node.firstChild; child; child = child.nextSibling) yield child;
}
