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
  if (!selector.exists) return false;
  const plain = Object.entries(selector.at('matchLabels').texts).every(([key, value]) => labels[key] === value);
  return plain && selector.at('matchExpressions').items.every((expression) => matchesExpression(expression, labels));
}

function matchesExpression(expression: Field, labels: Labels): boolean {
  const actual = labels[expression.at('key').text ?? ''];
  const values = expression.at('values').items.map((value) => value.text);
  switch (expression.at('operator').text) {
    case 'In':
      return actual !== undefined && values.includes(actual);
    case 'NotIn':
      return actual === undefined || !values.includes(actual);
    case 'Exists':
      return actual !== undefined;
    case 'DoesNotExist':
      return actual === undefined;
    default:
      return false;
  }
}

/** Labels as people write them: `app=cart,tier=web`. */
export function formatLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
