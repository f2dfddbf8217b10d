import type { Rule } from '../../rule.ts';
import { departures } from '../../schema/compare.ts';
import { suggest } from '../../suggest.ts';

export const knownWords: Rule = {
  id: 'known-words',
  title: 'Every value of an enumeration is one of its words',
  rationale: 'The API server compares words exactly, capitals included, and refuses the object.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/reference/kubernetes-api/',
  *check(platform) {
    for (const departure of departures(platform)) {
      if (departure.is !== 'word' || departure.value === '') continue;
      const meant = suggest(departure.value, departure.words);
      yield {
        at: departure.resource.at(...departure.path),
        message: `is ${departure.value}, which is none of ${departure.words.join(', ')}`,
        fix: meant === undefined ? 'Write one of these.' : `Did you mean ${meant}?`,
      };
    }
  },
};
