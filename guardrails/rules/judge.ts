import type { Key } from '../field.ts';
import { answers, isUnknown, type Judged } from '../judge/judge.ts';
import type { Platform } from '../platform.ts';
import { each, type Problem, rules } from '../rule.ts';
import { departures } from '../schema/fits.ts';

/** What the real code answers, where the judge is built. */
export const judge = rules({
  'accepted-by-server': {
    title: 'A Kubernetes API server accepts every object',
    rationale: 'An object that the server refuses is not in the cluster, while the rest of the platform is.',
    docs: 'https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation',
    asksJudge: true,
    check: each(answers, refusals),
  },
  'pods-admitted': {
    title: "Admission takes the pods of every workload: Pod Security at the namespace's level, quota and limit ranges",
    rationale: 'The server accepts the workload and refuses its pods, and only an event says why.',
    docs: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
    asksJudge: true,
    check: each(answers, function* ({ resource, answer }) {
      if (answer.pods?.verdict !== 'refused') return;
      const message = `its pods are refused: ${answer.pods.message ?? answer.pods.reason ?? ''}`;
      const fix = 'Change the template to what the namespace allows, or the namespace to what the template needs.';
      yield { at: resource.at('spec'), message, fix };
    }),
  },
  'texts-load': {
    title: 'Prometheus and Alertmanager load the configuration, rules and templates that objects carry',
    rationale: 'What does not load stops the server at its next start; a rule that does not load never alerts.',
    docs: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/',
    asksJudge: true,
    check: each(answers, function* ({ resource, answer }) {
      for (const { field, kind, message } of answer.texts ?? []) {
        const at = resource.at(...keysOf(field));
        yield { at, message: `${kind}: ${message}`, fix: 'Correct the text where it says.' };
      }
    }),
  },
  'server-warnings': {
    title: 'A Kubernetes API server has nothing to warn about',
    rationale: 'It warns about what it will stop to take, and about fields that do not do what they seem to do.',
    severity: 'note',
    docs: 'https://kubernetes.io/blog/2020/09/03/warnings/',
    asksJudge: true,
    check: each(answers, function* ({ resource, answer }) {
      if (answer.pods?.verdict === 'refused') return;
      for (const message of new Set([...(answer.warnings ?? []), ...(answer.pods?.warnings ?? [])]))
        yield { at: resource.root, message, fix: 'Follow the advice of the server.' };
    }),
  },
});

/** The server names each field, or says in one sentence what it could not read. */
function* refusals({ resource, answer }: Judged, platform: Platform): Iterable<Problem> {
  const { causes = [], message = 'refused' } = answer;
  if (answer.verdict !== 'refused' || isUnknown(answer)) return;
  if (causes.length === 0) {
    // It could not read the object, and seldom says where.
    const [{ at, fix } = { at: resource.root, fix: 'Change what the server names.' }] = departures(resource, platform);
    yield { at, message, fix };
  }
  for (const { field, message: cause } of causes) {
    const name = field === '<nil>' ? '' : field;
    const what = name === '' || name === '[]' ? 'the object' : name;
    const words = `${name === '' ? '' : `${name}: `}${cause}`;
    yield { at: resource.at(...keysOf(field)), message: words, fix: `Change ${what} to what the server takes.` };
  }
}

/** The keys of a path as Kubernetes writes it: `spec.ports[0].name`, `data[a.b]`; `[]` and `<nil>` are the object itself. */
export function keysOf(path: string): readonly Key[] {
  return [...path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].flatMap(([, inBrackets, plain]) => {
    const key = inBrackets ?? plain ?? '';
    if (key === '' || key === '<nil>') return [];
    return [inBrackets !== undefined && /^\d+$/.test(key) ? Number(key) : key];
  });
}
