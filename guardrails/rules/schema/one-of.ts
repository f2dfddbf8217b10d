import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';

/** One place where exactly one of several fields must be set (`least` 0: at most one). */
interface Choice {
  readonly at: Field;
  readonly what: string;
  readonly given: readonly string[];
  readonly least: 0 | 1;
  readonly options: string;
}

export const oneOf: Rule = {
  id: 'one-of',
  title: 'Where the API wants one of several fields, one is set',
  rationale: 'The API server refuses an object that says both, or neither.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/',
  *check(platform) {
    for (const { at, what, given, least, options } of choices(platform)) {
      if (given.length > 1) yield { at, message: `${what} sets both ${given.join(' and ')}`, fix: 'Keep one of them.' };
      if (given.length < least) yield { at, message: `${what} sets none of ${options}`, fix: 'Set one of them.' };
    }
  },
};

const HANDLERS = ['exec', 'grpc', 'httpGet', 'tcpSocket'] as const;
const HOOKS = ['exec', 'httpGet', 'sleep', 'tcpSocket'] as const;

function* choices(platform: Platform): Iterable<Choice> {
  for (const { containers, pod } of platform.workloads) {
    for (const volume of pod.at('volumes').items) {
      const given = volume.entries.filter(([name, field]) => name !== 'name' && field.exists).map(([name]) => name);
      yield { at: volume, what: 'the volume', given, least: 0, options: 'the sources' };
    }
    for (const { field, probes, env } of containers) {
      for (const [name, probe] of probes) yield choose(probe, name, HANDLERS, 1);
      for (const hook of ['preStop', 'postStart']) {
        if (field.at('lifecycle', hook).exists) yield choose(field.at('lifecycle', hook), hook, HOOKS, 1);
      }
      for (const variable of env)
        yield choose(variable, `the variable ${variable.at('name').text ?? ''}`, ['value', 'valueFrom'], 0);
    }
  }
  for (const budget of platform.ofKind('PodDisruptionBudget')) {
    yield choose(budget.at('spec'), 'the budget', ['minAvailable', 'maxUnavailable'], 1);
  }
}

function choose(at: Field, what: string, options: readonly string[], least: 0 | 1): Choice {
  return {
    at,
    what,
    given: options.filter((name) => at.at(name).exists && at.at(name).value !== ''),
    least,
    options: options.join(', '),
  };
}
