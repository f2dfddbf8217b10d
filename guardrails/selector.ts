import type { Field } from './field.ts';

export type Labels = Readonly<Record<string, string>>;

/** Whether labels satisfy a plain map of labels, as a Service's selector is. An empty map selects nothing, as for a Service. */
export function matchesLabels(selector: Labels, labels: Labels): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/**
 * Whether labels satisfy a LabelSelector (`matchLabels` and `matchExpressions`). An empty selector selects everything and an absent one
 * nothing, which is how the API server reads them; network policies read an absent selector differently, so ask `field.exists` first there.
 */
export function matchesSelector(selector: Field, labels: Labels): boolean {
  return readSelector(selector)(labels);
}

/** The same, read once for many comparisons. */
export function readSelector(selector: Field): (labels: Labels) => boolean {
  if (!selector.exists) return () => false;
  const plain = Object.entries(selector.at('matchLabels').texts);
  const expressions = selector.at('matchExpressions').items.map(readExpression);
  return (labels) =>
    plain.every(([key, value]) => labels[key] === value) && expressions.every((matches) => matches(labels));
}

function readExpression(expression: Field): (labels: Labels) => boolean {
  const key = expression.at('key').text ?? '';
  const values = expression.at('values').items.map(({ text }) => text);
  switch (expression.at('operator').text) {
    case 'In':
      return ({ [key]: actual }) => actual !== undefined && values.includes(actual);
    case 'NotIn':
      return ({ [key]: actual }) => actual === undefined || !values.includes(actual);
    case 'Exists':
      return ({ [key]: actual }) => actual !== undefined;
    case 'DoesNotExist':
      return ({ [key]: actual }) => actual === undefined;
    default:
      return () => false;
  }
}

/** Whether a LabelSelector asks for anything. */
export function selectsSome(selector: Field): boolean {
  return selector.at('matchLabels').entries.length > 0 || selector.at('matchExpressions').items.length > 0;
}

/** Labels as people write them: `app=cart,tier=web`. */
export function formatLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** Whether a text is like a pattern in which `*` stands for anything. */
export function matchesGlob(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return text.startsWith(first) && text.endsWith(last) && text.length - last.length >= from;
}
