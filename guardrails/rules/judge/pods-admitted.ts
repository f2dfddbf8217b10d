import { answers } from '../../judge/judge.ts';
import type { Rule } from '../../rule.ts';

export const podsAdmitted: Rule = {
  id: 'pods-admitted',
  title: "Admission takes the pods of every workload: Pod Security at the namespace's level, quota and limit ranges",
  rationale:
    'The server accepts the workload and refuses each of its pods: it stays at no replica, with an event that nobody reads.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
  *check(platform) {
    for (const { resource, answer } of answers(platform)) {
      if (answer.pods?.verdict !== 'refused') continue;
      yield {
        at: resource.at('spec'),
        message: `its pods are refused: ${answer.pods.message ?? answer.pods.reason ?? ''}`,
        fix: 'Change the template to what the namespace allows, or the namespace to what the template needs.',
      };
    }
  },
};
