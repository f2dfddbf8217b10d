import type { Rule } from '../../rule.ts';
import { departures } from '../../schema/compare.ts';

export const fieldTypes: Rule = {
  id: 'field-types',
  title: 'Every value is of the type that the API wants',
  rationale: 'The API server refuses the whole object, often half-way through applying the rest.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/reference/kubernetes-api/',
  *check(platform) {
    for (const departure of departures(platform)) {
      if (departure.is !== 'type') continue;
      const { value, wanted } = departure;
      yield {
        at: departure.resource.at(...departure.path),
        message: `is ${describe(value)}, but must be ${wanted}`,
        fix: wanted === 'text' && typeof value !== 'object' ? `Quote it: "${String(value)}".` : `Write ${wanted}.`,
      };
    }
  },
};

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `the text "${value.slice(0, 40)}"` : `the ${typeof value} ${String(value)}`;
}
