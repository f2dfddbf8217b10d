import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';

const ANY = Number.POSITIVE_INFINITY;

export const valueRanges: Rule = {
  id: 'value-ranges',
  title: 'Counts, seconds and percentages are in the range that the API server accepts',
  rationale: 'The API server refuses the object.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/',
  *check(platform) {
    for (const [at, least, most] of ranges(platform)) {
      const { number } = at;
      if (number === undefined || (number >= least && number <= most)) continue;
      const range = most === ANY ? `at least ${least}` : `between ${least} and ${most}`;
      yield { at, message: `is ${number}, but must be ${range}`, fix: `Write a number that is ${range}.` };
    }
  },
};

type Range = readonly [at: Field, least: number, most: number];

function* ranges(platform: Platform): Iterable<Range> {
  for (const { resource, pod, containers } of platform.workloads) {
    for (const field of [
      'replicas',
      'minReadySeconds',
      'revisionHistoryLimit',
      'backoffLimit',
      'completions',
      'parallelism',
    ]) {
      yield [resource.at('spec', field), 0, ANY];
    }
    yield [resource.at('spec', 'progressDeadlineSeconds'), 1, ANY];
    yield [pod.at('terminationGracePeriodSeconds'), 0, ANY];
    for (const kind of ['podAffinity', 'podAntiAffinity', 'nodeAffinity']) {
      const preferred = pod.at('affinity', kind, 'preferredDuringSchedulingIgnoredDuringExecution').items;
      for (const preference of preferred) yield [preference.at('weight'), 1, 100];
    }
    for (const constraint of pod.at('topologySpreadConstraints').items) yield [constraint.at('maxSkew'), 1, ANY];
    for (const volume of pod.at('volumes').items) {
      for (const source of ['configMap', 'secret', 'projected', 'downwardAPI'])
        yield [volume.at(source, 'defaultMode'), 0, 0o777];
    }
    for (const { probes } of containers) for (const [, probe] of probes) yield* probeRanges(probe);
  }
  for (const priority of platform.ofKind('PriorityClass')) {
    if (!priority.name.startsWith('system-')) yield [priority.at('value'), -(2 ** 31), 1_000_000_000];
  }
  for (const autoscaler of platform.ofKind('HorizontalPodAutoscaler')) {
    yield* [
      [autoscaler.at('spec', 'minReplicas'), 1, ANY],
      [autoscaler.at('spec', 'maxReplicas'), 1, ANY],
    ] as const;
    for (const metric of autoscaler.at('spec', 'metrics').items)
      yield [metric.at('resource', 'target', 'averageUtilization'), 1, ANY];
    for (const way of ['scaleUp', 'scaleDown']) yield* behaviourRanges(autoscaler.at('spec', 'behavior', way));
  }
}

function* behaviourRanges(behaviour: Field): Iterable<Range> {
  yield [behaviour.at('stabilizationWindowSeconds'), 0, 3600];
  for (const policy of behaviour.at('policies').items) {
    yield [policy.at('value'), 1, ANY];
    yield [policy.at('periodSeconds'), 1, 1800];
  }
}

function* probeRanges(probe: Field): Iterable<Range> {
  for (const field of ['periodSeconds', 'timeoutSeconds', 'successThreshold', 'failureThreshold'])
    yield [probe.at(field), 1, ANY];
  yield [probe.at('initialDelaySeconds'), 0, ANY];
}
