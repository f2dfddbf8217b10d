/** Paths of fields that are undefined or not a number: what the compiler refuses, and plain JavaScript or a cast lets through. */
export function missingFields(value: unknown, path = ''): string[] {
  if (value === undefined || Number.isNaN(value)) return [`${path} is missing (${value}); give it a value`];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, child]) => missingFields(child, path === '' ? key : `${path}.${key}`));
}
