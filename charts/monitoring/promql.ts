/** A label matcher: equal to a text, or one of several texts. */
export type Matchers = Readonly<Record<string, string | readonly string[]>>;

/** `up{namespace="quotes-dev",job=~"users|quotes"}` */
export function series(metric: string, matchers: Matchers, ...more: readonly string[]): string {
  const list = Object.entries(matchers).map(([label, value]) =>
    typeof value === 'string' ? `${label}="${value}"` : `${label}=~"${value.map(escaped).join('|')}"`,
  );
  return `${metric}{${[...list, ...more].join(',')}}`;
}

/** The bucket of a histogram up to so many seconds. Prometheus 3 stores `le="1"` as `1.0`, Prometheus 2 as it was exposed: this matches both. */
export function bucketUpTo(seconds: number): string {
  return Number.isInteger(seconds) ? `le=~"${seconds}([.]0)?"` : `le="${seconds}"`;
}

/** A number without the tail of binary fractions: `0.001`, not `0.0010000000000000009`. */
export function decimal(value: number): number {
  return Number(value.toPrecision(9));
}

/** For a regular expression inside a PromQL string, where a backslash would need a second one. */
function escaped(text: string): string {
  return text.replaceAll('.', '[.]');
}
