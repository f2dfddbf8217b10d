import type { Problem } from '../../finding.ts';
import { answers } from '../../judge/judge.ts';
import { keysOf } from '../../judge/path.ts';
import type { ObjectAnswer } from '../../judge/protocol.ts';
import type { Resource } from '../../resource.ts';
import type { Rule } from '../../rule.ts';

export const acceptedByServer: Rule = {
  id: 'accepted-by-server',
  title: 'A Kubernetes API server accepts every object',
  rationale: 'An object that the server refuses is not in the cluster, while the rest of the platform is.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation',
  *check(platform) {
    for (const { resource, answer } of answers(platform)) {
      if (answer.verdict === 'refused') yield* refusals(resource, answer);
    }
  },
};

/** The server names each field, or says in one sentence what it could not read. */
function refusals(resource: Resource, answer: ObjectAnswer): readonly Problem[] {
  const causes = answer.causes ?? [];
  if (causes.length === 0)
    return [{ at: resource.root, message: answer.message ?? 'refused', fix: 'Change what the server names.' }];
  return causes.map(({ field, message }) => ({
    at: resource.at(...keysOf(field)),
    message: `${field === '' || field === '<nil>' ? '' : `${field}: `}${message}`,
    fix: `Change ${field === '' || field === '<nil>' || field === '[]' ? 'the object' : field} to what the server takes.`,
  }));
}
