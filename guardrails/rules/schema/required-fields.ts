import type { Rule } from '../../rule.ts';
import { departures } from '../../schema/compare.ts';

export const requiredFields: Rule = {
  id: 'required-fields',
  title: 'Every field that the API requires is there',
  rationale: 'The API server refuses the object.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/reference/kubernetes-api/',
  *check(platform) {
    for (const departure of departures(platform)) {
      // A template within another object need not say what it is.
      const isTemplate =
        departure.is === 'missing' && departure.path.length > 0 && /^(apiVersion|kind)$/.test(departure.field);
      if (departure.is !== 'missing' || isTemplate) continue;
      const at = departure.resource.at(...departure.path);
      yield { at, message: `${departure.field} is missing`, fix: `Set ${String(at.at(departure.field))}.` };
    }
  },
};
