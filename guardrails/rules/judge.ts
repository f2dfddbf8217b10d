import type { Resource } from '../field.ts';
import { answers, isUnknown } from '../judge/judge.ts';
import { keysOf } from '../judge/path.ts';
import type { ObjectAnswer } from '../judge/protocol.ts';
import type { Problem, Rule } from '../rule.ts';

const acceptedByServer: Rule = {
  id: 'accepted-by-server',
  title: 'A Kubernetes API server accepts every object',
  rationale: 'An object that the server refuses is not in the cluster, while the rest of the platform is.',
  docs: 'https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation',
  asksJudge: true,
  *check(platform) {
    for (const { resource, answer } of answers(platform)) {
      if (answer.verdict === 'refused' && !isUnknown(answer)) yield* refusals(resource, answer);
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

const podsAdmitted: Rule = {
  id: 'pods-admitted',
  title: "Admission takes the pods of every workload: Pod Security at the namespace's level, quota and limit ranges",
  rationale:
    'The server accepts the workload and refuses each of its pods: it stays at no replica, with an event that nobody reads.',
  docs: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
  asksJudge: true,
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

const textsLoad: Rule = {
  id: 'texts-load',
  title: 'Prometheus and Alertmanager load the configuration, rules and templates that objects carry',
  rationale:
    'A configuration that does not load stops the server at its next start; a rule that does not load never alerts.',
  docs: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/',
  asksJudge: true,
  *check(platform) {
    for (const { resource, answer } of answers(platform)) {
      for (const { field, kind, message } of answer.texts ?? [])
        yield {
          at: resource.at(...keysOf(field)),
          message: `${kind}: ${message}`,
          fix: 'Correct the text where it says.',
        };
    }
  },
};

const serverWarnings: Rule = {
  id: 'server-warnings',
  title: 'A Kubernetes API server has nothing to warn about',
  rationale: 'The server warns about what it will stop to take, and about fields that do not do what they seem to do.',
  severity: 'note',
  docs: 'https://kubernetes.io/blog/2020/09/03/warnings/',
  asksJudge: true,
  *check(platform) {
    for (const { resource, answer } of answers(platform)) {
      if (answer.pods?.verdict === 'refused') continue;
      for (const message of new Set([...(answer.warnings ?? []), ...(answer.pods?.warnings ?? [])]))
        yield { at: resource.root, message, fix: 'Follow the advice of the server.' };
    }
  },
};

/** What the real code answers, where the judge is built. */
export const judge: readonly Rule[] = [acceptedByServer, podsAdmitted, textsLoad, serverWarnings];
