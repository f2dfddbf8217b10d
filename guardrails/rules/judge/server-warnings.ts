import { answers } from '../../judge/judge.ts';
import type { Rule } from '../../rule.ts';

export const serverWarnings: Rule = {
  id: 'server-warnings',
  title: 'A Kubernetes API server has nothing to warn about',
  rationale: 'The server warns about what it will stop to take, and about fields that do not do what they seem to do.',
  severity: 'note',
  docs: 'https://kubernetes.io/blog/2020/09/03/warnings/',
  *check(platform) {
    for (const { resource, answer } of answers(platform)) {
      if (answer.pods?.verdict === 'refused') continue;
      for (const message of new Set([...(answer.warnings ?? []), ...(answer.pods?.warnings ?? [])]))
        yield { at: resource.root, message, fix: 'Follow the advice of the server.' };
    }
  },
};
