import { isRecord } from '../../field.ts';
import type { Rule } from '../../rule.ts';

/** Kinds that are sent to the API server to be answered, not stored: they have no name. */
const UNNAMED = /Review$/;

export const identity: Rule = {
  id: 'identity',
  title: 'Every object says what it is: apiVersion, kind, name',
  rationale: 'The API server cannot tell what to store, nor where.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields',
  *check(platform) {
    for (const resource of platform.resources) {
      if (!isRecord(resource.root.value)) continue;
      for (const field of ['apiVersion', 'kind'] as const) {
        if (resource[field] === '')
          yield { at: resource.root, message: `${field} is missing or no text`, fix: `Set ${field}.` };
      }
      const generated = resource.at('metadata', 'generateName');
      if (resource.name === '' && generated.exists) {
        yield {
          at: generated,
          message: 'has generateName and no name, which kubectl apply refuses',
          fix: 'Name it, or create it with kubectl create and leave it out here.',
        };
      } else if (resource.name === '' && !UNNAMED.test(resource.kind))
        yield { at: resource.at('metadata'), message: 'metadata.name is missing', fix: 'Set metadata.name.' };
    }
  },
};
