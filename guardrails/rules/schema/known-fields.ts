import type { Rule } from '../../rule.ts';
import { departures } from '../../schema/compare.ts';
import { suggest } from '../../suggest.ts';

export const knownFields: Rule = {
  id: 'known-fields',
  title: 'Every field is one that the API knows',
  rationale:
    'A misspelt or misplaced field is refused by a strict client and dropped by any other: what it was to set is not set.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation',
  *check(platform) {
    for (const departure of departures(platform)) {
      if (departure.is !== 'unknown') continue;
      const at = departure.resource.at(...departure.path);
      const name = String(departure.path.at(-1));
      const parent = String(departure.resource.at(...departure.path.slice(0, -1))) || departure.resource.kind;
      const meant = suggest(name, departure.known);
      yield {
        at,
        message: `${name} is not a field of ${parent}`,
        fix: meant === undefined ? 'Remove it, or move it to where it belongs.' : `Did you mean ${meant}?`,
      };
    }
  },
};
