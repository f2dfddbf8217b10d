import { PROMISES, WORKLOAD } from '../../annotations.ts';
import { podCount, surgeOf, unavailableOf } from '../../demand.ts';
import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Problem, Rule } from '../../rule.ts';
import { allowedDisruptions, antiAffinityTerms, budgetsOf } from '../../scaling.ts';
import { matchesSelector } from '../../selector.ts';
import type { Workload } from '../../workload.ts';

const drainCanFinish: Rule = {
  id: 'drain-can-finish',
  title: 'A disruption budget lets a drain take at least one pod at the floor',
  rationale:
    'A budget that allows no disruption makes `kubectl drain` wait for ever: no node can be upgraded or removed while the load is low.',
  docs: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/#think-about-how-your-application-reacts-to-disruptions',
  *check(platform) {
    for (const budget of platform.ofKind('PodDisruptionBudget')) {
      const at = budget.at('spec', 'maxUnavailable').exists
        ? budget.at('spec', 'maxUnavailable')
        : budget.at('spec', 'minAvailable');
      const never = at.path.at(-1) === 'maxUnavailable' ? ['0', '0%'] : ['100%'];
      const isKnown = platform
        .workloadsIn(budget.namespace)
        .some((one) => one.isSelectedBy(budget.at('spec', 'selector')));
      if (!isKnown && never.includes(at.scalar ?? '')) {
        const message = `${String(at.path.at(-1))} ${at.scalar} allows no disruption, however many pods there are`;
        yield { at, message, fix: 'Let a drain take one pod: maxUnavailable: 1.' };
      }
    }
    for (const workload of platform.workloads) {
      const { floor } = podCount(platform, workload);
      if (floor === 0 || !workload.isLongRunning || workload.kind === 'DaemonSet') continue;
      for (const budget of budgetsOf(platform, workload)) {
        const disruptions = allowedDisruptions(budget, floor);
        if (!disruptions || disruptions.allowed > 0) continue;
        yield {
          at: disruptions.at,
          message: `${String(disruptions.at.path.at(-1))} ${disruptions.at.scalar} allows no disruption of the ${floor} pods that ${workload} has at its floor`,
          fix:
            floor > 1
              ? `Keep ${floor - 1} at most, or raise the floor.`
              : 'Raise the floor to 2, or remove the budget.',
        };
      }
    }
  },
};

const rolloutKeepsServing: Rule = {
  id: 'rollout-keeps-serving',
  title: 'A rollout can move, and takes no more pods away than the floor can spare',
  rationale:
    'With neither a pod more nor a pod less a rollout cannot move; where it may take all pods at the floor, each release is an outage.',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (workload.kind !== 'Deployment') continue;
      const { floor } = podCount(platform, workload);
      yield* stuck(workload, floor);
      const promised = platform.environmentOf(workload.namespace)?.promises(PROMISES.availability);
      const taken = unavailableOf(workload, floor);
      if (!promised || workload.resource.annotations[WORKLOAD.acceptedOutage] || floor < 2 || taken < floor) continue;
      yield {
        at: workload.resource.at('spec', 'strategy'),
        message: `a rollout may take ${taken} of ${floor} pods away at once in an environment that promises availability`,
        fix: 'Set rollingUpdate.maxUnavailable to 0.',
      };
    }
  },
};

function* stuck(workload: Workload, floor: number): Iterable<Problem> {
  const update = workload.resource.at('spec', 'strategy', 'rollingUpdate');
  if (!update.at('maxSurge').exists || !update.at('maxUnavailable').exists || floor === 0) return;
  const zero = [update.at('maxSurge'), update.at('maxUnavailable')].every(({ scalar }) => /^0%?$/.test(scalar ?? ''));
  if (!zero || surgeOf(workload, floor) > 0) return;
  yield {
    at: update,
    message: `maxSurge ${update.at('maxSurge').scalar} and maxUnavailable ${update.at('maxUnavailable').scalar} let no rollout move`,
    fix: 'Set maxSurge to 1 or more.',
  };
}

const replicasSpread: Rule = {
  id: 'replicas-spread',
  title: 'Where availability is promised, the pods of a workload spread over nodes',
  rationale: 'Several pods on one node are one pod when the node fails.',
  docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.availability)) continue;
      const { floor } = podCount(platform, workload);
      if (workload.replicas === undefined || floor < 2 || isSpread(workload)) continue;
      yield {
        at: workload.pod,
        message: `has ${floor} pods or more, and nothing keeps them from landing on one node`,
        fix: 'Add a topologySpreadConstraint over kubernetes.io/hostname, or a podAntiAffinity against its own pods.',
      };
    }
  },
};

function isSpread(workload: Workload): boolean {
  const terms = [
    ...workload.pod.at('topologySpreadConstraints').items,
    ...antiAffinityTerms(workload, 'required'),
    ...antiAffinityTerms(workload, 'preferred'),
  ];
  return terms.some((term) => matchesSelector(term.at('labelSelector'), workload.labels));
}

const spreadSelectsItself: Rule = {
  id: 'spread-selects-itself',
  title: 'A topology spread counts the pods that it spreads, and an anti-affinity avoids pods that exist',
  rationale:
    'A constraint that selects other pods, or none, is met wherever the pod lands: nothing spreads, and nothing says so.',
  docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#known-limitations',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const constraint of workload.pod.at('topologySpreadConstraints').items) {
        const selector = constraint.at('labelSelector');
        if (matchesSelector(selector, workload.labels)) continue;
        yield {
          at: selector,
          message: `spreads over ${constraint.at('topologyKey').scalar}, but its labelSelector does not select the pods of ${workload} itself`,
          fix: 'Give it the labels of the pod template.',
        };
      }
      if (!platform.environmentOf(workload.namespace)) continue;
      yield* topology(workload);
      for (const term of [...antiAffinityTerms(workload, 'required'), ...antiAffinityTerms(workload, 'preferred')]) {
        if (avoidsSome(platform, workload, term)) continue;
        yield {
          at: term.at('labelSelector'),
          message: 'the anti-affinity avoids pods that do not exist',
          fix: 'Give its labelSelector the labels of the pods to keep away from.',
        };
      }
    }
  },
};

function avoidsSome(platform: Platform, workload: Workload, term: Field): boolean {
  const selector = term.at('labelSelector');
  if (!selector.exists || term.at('namespaceSelector').exists) return selector.exists;
  const named = term.at('namespaces').items.flatMap(({ text }) => text ?? []);
  const namespaces = named.length > 0 ? named : [workload.namespace];
  const candidates = namespaces.flatMap((namespace) => platform.workloadsIn(namespace));
  return candidates.some(({ labels }) => matchesSelector(selector, labels));
}

/** Labels that every node carries; a spread over another is met by all nodes at once, or by none. */
const NODE_LABELS = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

function* topology(workload: Workload): Iterable<Problem> {
  for (const constraint of workload.pod.at('topologySpreadConstraints').items) {
    const key = constraint.at('topologyKey');
    if (!NODE_LABELS.includes(key.text ?? '')) {
      yield {
        at: key,
        message: `spreads over ${key.scalar}, which is no label that every node carries`,
        fix: `Spread over one of ${NODE_LABELS.join(', ')}.`,
      };
    }
    const hard = constraint.at('whenUnsatisfiable').text === 'DoNotSchedule';
    const keys = constraint.at('matchLabelKeys').items.map(({ text }) => text);
    if (workload.kind !== 'Deployment' || !hard || keys.includes('pod-template-hash')) continue;
    yield {
      at: constraint,
      message: `spreads ${workload} hard, and counts the pods of the old version during a rollout`,
      fix: 'Add matchLabelKeys: [pod-template-hash].',
    };
  }
}

export const disruptionsRules: readonly Rule[] = [
  drainCanFinish,
  rolloutKeepsServing,
  replicasSpread,
  spreadSelectsItself,
];
