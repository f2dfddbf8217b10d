import type { SyntaxNode } from '@lezer/common';

/** The values that an expression can have, from the lowest to the highest. */
type Range = readonly [number, number];

const { POSITIVE_INFINITY: INFINITY, NEGATIVE_INFINITY } = Number;
const ANY: Range = [NEGATIVE_INFINITY, INFINITY];
const POSITIVE: Range = [0, INFINITY];
const AT_LEAST_ONE: Range = [1, INFINITY];

/** What a metric can be, by its name: the bounds that its definition gives it. */
const METRICS: readonly (readonly [RegExp, Range])[] = [
  [/^(up|probe_success|pg_up|mysql_up|redis_up|kube_\w{1,60}_status_condition|kube_pod_status_(phase|ready))$/, [0, 1]],
  [/(disk|mem|memory|swap|filesystem|fs|heap|inodes?|storage)\w{0,60}_(percent|percentage)$/, [0, 100]],
  [/_(total|count|bucket|bytes)$|^(?!.*(offset|skew|drift)).*_seconds$/, POSITIVE],
];

/** Functions and aggregations by the values that they can have. */
const KEEPING =
  /^((avg|min|max|quantile|last|first)(_over_time)?|topk|bottomk|limitk|sort|sort_desc|label_replace|label_join|vector|scalar)$/;
const NEVER_NEGATIVE =
  /^(rate|irate|increase|resets|changes|abs|sqrt|exp|time|timestamp|std(dev|var)(_over_time)?|histogram_(count|stddev|stdvar))$/;
const COUNTING = /^(count|count_values|count_over_time)$/;
const ALWAYS_ONE = /^(absent|absent_over_time|present_over_time|group)$/;
const SUMMING = /^sum(_over_time)?$/;
/** Functions with bounds of their own. */
const BOUNDED: Readonly<Record<string, Range>> = {
  minute: [0, 59],
  hour: [0, 23],
  day_of_week: [0, 6],
  day_of_month: [1, 31],
  day_of_year: [1, 366],
  days_in_month: [28, 31],
  month: [1, 12],
  sgn: [-1, 1],
};
/** What is left of something, or used, and the whole of it: a share, and no percentage. */
const SHARES: readonly (readonly [part: RegExp, whole: RegExp])[] = [
  [/^node_filesystem_(avail|free)_bytes$/, /^node_filesystem_size_bytes$/],
  [/^node_filesystem_files_free$/, /^node_filesystem_files$/],
  [/^node_memory_(MemAvailable|MemFree|Buffers|Cached)_bytes$/, /^node_memory_MemTotal_bytes$/],
  [/^node_memory_SwapFree_bytes$/, /^node_memory_SwapTotal_bytes$/],
  [/^kubelet_volume_stats_(available|used)_bytes$/, /^kubelet_volume_stats_capacity_bytes$/],
  [/^kubelet_volume_stats_inodes_(free|used)$/, /^kubelet_volume_stats_inodes$/],
];

/** The values that an expression of which this is the tree can have. */
export function rangeOf(node: SyntaxNode, text: string): Range {
  const own = bare(node) ?? node;
  switch (own.name) {
    case 'NumberDurationLiteral': {
      const number = Number(textOf(own, text));
      return Number.isNaN(number) ? ANY : [number, number];
    }
    case 'VectorSelector': {
      const metric = textOf(own.getChild('Identifier') ?? own, text);
      return METRICS.find(([name]) => name.test(metric))?.[1] ?? ANY;
    }
    case 'UnaryExpr':
      return textOf(own, text).startsWith('-') && own.lastChild ? minus([0, 0], rangeOf(own.lastChild, text)) : ANY;
    case 'FunctionCall':
    case 'AggregateExpr':
      return ofCall(own, text);
    case 'BinaryExpr':
      return ofBinary(own, text);
    default:
      return ANY;
  }
}

function ofCall(node: SyntaxNode, text: string): Range {
  const name = nameOf(node, text);
  const [first, second, third] = argumentsOf(node);
  const bounds = BOUNDED[name];
  if (bounds) return bounds;
  if (/^clamp/.test(name) && first && second) return clamped(name, [first, second, third], text);
  if (NEVER_NEGATIVE.test(name)) return POSITIVE;
  if (COUNTING.test(name)) return AT_LEAST_ONE;
  if (ALWAYS_ONE.test(name)) return [1, 1];
  // Where a number comes first, the series are second: topk(3, x), quantile_over_time(0.9, x[5m]).
  const series = /^(quantile|quantile_over_time|topk|bottomk|limitk)$/.test(name) ? second : first;
  const range = series ? rangeOf(series, text) : ANY;
  if (KEEPING.test(name)) return range;
  return SUMMING.test(name) && range[0] >= 0 ? [range[0], INFINITY] : ANY;
}

/** What clamp(), clamp_min() and clamp_max() leave of a range; nothing is known where the bounds are turned round. */
function clamped(
  name: string,
  [series, one, other]: readonly [SyntaxNode, SyntaxNode, SyntaxNode | undefined],
  text: string,
): Range {
  const [least, most] = rangeOf(series, text);
  const [first, second] = [rangeOf(one, text), other ? rangeOf(other, text) : ANY];
  const floor = name === 'clamp_max' ? NEGATIVE_INFINITY : first[0];
  const ceiling = name === 'clamp' ? second[1] : name === 'clamp_max' ? first[1] : INFINITY;
  if (floor > ceiling) return ANY;
  return [Math.min(Math.max(least, floor), ceiling), Math.max(Math.min(most, ceiling), floor)];
}

function ofBinary(node: SyntaxNode, text: string): Range {
  const { firstChild: left, lastChild: right } = node;
  if (!left || !right) return ANY;
  if (node.getChild('BoolModifier')) return [0, 1];
  const [one, other] = [rangeOf(left, text), rangeOf(right, text)];
  switch (operatorOf(node)) {
    case 'Add':
      return [one[0] + other[0], one[1] + other[1]];
    case 'Sub':
      return isSame(left, right, text) ? [0, 0] : minus(one, other);
    case 'Mul':
      return one[0] < 0 || other[0] < 0 ? ANY : [times(one[0], other[0]), times(one[1], other[1])];
    case 'Div':
      if (one[0] < 0 || other[0] < 0) return ANY;
      if (isPartOf(left, right, text) || isShare(left, right, text)) return [0, 1];
      return other[0] === other[1] && other[0] > 0 ? [one[0] / other[0], one[1] / other[1]] : POSITIVE;
    case 'Or':
      return [Math.min(one[0], other[0]), Math.max(one[1], other[1])];
    case 'And':
    case 'Unless':
      return one;
    default:
      return /^(Gtr|Gte|Lss|Lte|Eql|Neq)$/.test(operatorOf(node)) ? one : ANY;
  }
}

function minus(one: Range, other: Range): Range {
  return [one[0] - other[1], one[1] - other[0]];
}

function times(one: number, other: number): number {
  return one === 0 || other === 0 ? 0 : one * other;
}

/** Whether the left asks for some of the very series that the right asks for, as a share of errors does. */
function isPartOf(left: SyntaxNode, right: SyntaxNode, text: string): boolean {
  if (![left, right].every((node) => /^(sum|count)$/.test(nameOf(bare(node) ?? node, text)))) return false;
  const [one, other] = [left, right].map((node) => textOf(bare(node) ?? node, text).replace(/\{[^{}]*\}|\s/g, ''));
  if (one !== other) return false;
  const [some, all] = [left, right].map((node) =>
    within(node, 'UnquotedLabelMatcher').map((matcher) => textOf(matcher, text).replace(/\s/g, '')),
  );
  return all?.every((matcher) => some?.includes(matcher)) ?? false;
}

/** Whether two sides ask for the very same, parentheses and spaces aside. */
export function isSame(one: SyntaxNode, other: SyntaxNode, text: string): boolean {
  const [left, right] = [one, other].map((node) => textOf(inner(node), text).replace(/\s/g, ''));
  return left === right && !isShifted(other);
}

/** The grammar puts a whole chain under the `offset` or `@` of its last operand. */
function isShifted({ parent, to }: SyntaxNode): boolean {
  if (parent === null) return false;
  return /^(OffsetExpr|StepInvariantExpr)$/.test(parent.name) || (parent.to === to && isShifted(parent));
}

function inner(node: SyntaxNode): SyntaxNode {
  const within = node.name === 'ParenExpr' ? node.firstChild : undefined;
  return within ? inner(within) : node;
}

/** Whether the left is what is left of the right, or used of it, as both their names say. */
function isShare(left: SyntaxNode, right: SyntaxNode, text: string): boolean {
  const [part = '', whole = ''] = [left, right].map((node) => {
    const own = bare(node);
    return own?.name === 'VectorSelector' ? textOf(own.getChild('Identifier') ?? own, text) : '';
  });
  return SHARES.some(([ofPart, ofWhole]) => ofPart.test(part) && ofWhole.test(whole));
}

/** Whether an expression has a series only while something is so: a comparison holds, a metric is absent, pods are counted. */
export function comesAndGoes(node: SyntaxNode, text: string): boolean {
  const name = nameOf(node, text);
  return (
    /^(And|Unless|Gtr|Gte|Lss|Lte|Eql|Neq)$/.test(node.name) ||
    COUNTING.test(name) ||
    ALWAYS_ONE.test(name) ||
    children(node).some((child) => comesAndGoes(child, text))
  );
}

/** Without parentheses, ranges and offsets, which change no value. */
export function bare(node: SyntaxNode | null): SyntaxNode | undefined {
  if (!node) return undefined;
  return /^(ParenExpr|MatrixSelector|OffsetExpr|StepInvariantExpr)$/.test(node.name) ? bare(node.firstChild) : node;
}

/** The operators of comparisons by their kinds. */
export const COMPARISONS: Readonly<Record<string, string>> = { Gtr: '>', Gte: '>=', Lss: '<', Lte: '<=', Eql: '==' };

/** `Gtr`, `Div`: the kind of an operator between two sides. */
export function operatorOf(node: SyntaxNode): string {
  return node.firstChild?.nextSibling?.name ?? '';
}

export function nameOf(node: SyntaxNode, text: string): string {
  const name = node.getChild('FunctionIdentifier') ?? node.getChild('AggregateOp');
  return name ? textOf(name, text).toLowerCase() : '';
}

export function argumentsOf(node: SyntaxNode): readonly SyntaxNode[] {
  const body = node.getChild('FunctionCallBody');
  return body ? children(body) : [];
}

/** A node and those below it that are called so. */
export function within(node: SyntaxNode, name: string): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((one) => {
    if (one.name === name) found.push(one.node);
  });
  return found;
}

/** The nodes right below a node. */
function children(node: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

export function textOf({ from, to }: SyntaxNode, text: string): string {
  return text.slice(from, to);
}
