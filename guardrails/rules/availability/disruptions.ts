import { PROMISES, WORKLOAD } from '../../annotations.ts';
import { podCount, unavailableOf } from '../../demand.ts';
import type { Field, Resource } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { eachWorkload, type Problem, rules } from '../../rule.ts';
import { allowedDisruptions, antiAffinityTerms, budgetsOf } from '../../scaling.ts';
import { matchesSelector } from '../../selector.ts';
import { suggest } from '../../suggest.ts';
import type { Workload } from '../../workload.ts';

const SPREAD = 'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/';

export const disruptionsRules = rules({
  'drain-can-finish': {
    title: 'A disruption budget lets a drain take at least one pod at the floor',
    rationale: '`kubectl drain` then waits for ever: no node can be upgraded or removed.',
    docs: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/#think-about-how-your-application-reacts-to-disruptions',
    *check(platform) {
      yield* closedBudgets(platform);
      for (const workload of platform.workloads) {
        const { floor } = podCount(platform, workload);
        if (floor === 0 || !workload.isLongRunning || workload.kind === 'DaemonSet') continue;
        if (workload.kind === 'Pod') yield* uncounted(budgetsOf(platform, workload), workload);
        const budgets = budgetsOf(platform, workload).flatMap((one) => allowedDisruptions(one, floor) ?? []);
        for (const { at } of budgets.filter(({ allowed }) => allowed <= 0)) {
          const message = `${String(at.path.at(-1))} ${at.scalar} allows no disruption of the ${floor} pods that ${workload} has at its floor`;
          const lower = `Keep ${floor - 1} at most, or raise the floor.`;
          yield { at, message, fix: floor > 1 ? lower : 'Raise the floor to 2, or remove the budget.' };
        }
      }
    },
  },
  'rollout-keeps-serving': {
    title: 'A rollout takes no more pods away than the floor can spare',
    rationale: 'Where it takes all, each release is an outage.',
    docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment',
    check: eachWorkload(function* (workload, platform) {
      if (workload.kind !== 'Deployment') return;
      const { floor } = podCount(platform, workload);
      const taken = unavailableOf(workload, floor);
      const isPromised = platform.environmentOf(workload.namespace)?.promises(PROMISES.availability);
      const isAccepted = !isPromised || workload.resource.annotations[WORKLOAD.acceptedOutage] !== undefined;
      if (isAccepted || floor < 2 || taken < floor) return;
      const message = `a rollout may take ${taken} of ${floor} pods away at once in an environment that promises availability`;
      yield { at: workload.resource.at('spec', 'strategy'), message, fix: 'Set rollingUpdate.maxUnavailable to 0.' };
    }),
  },
  'replicas-spread': {
    title: 'Where availability is promised, the pods of a workload spread over nodes',
    rationale: 'Several pods on one node are one pod when the node fails.',
    docs: SPREAD,
    where: PROMISES.availability,
    check: eachWorkload(function* (workload, platform) {
      const { floor } = podCount(platform, workload);
      const terms = [...workload.pod.at('topologySpreadConstraints').items, ...antiAffinityTerms(workload)];
      const isSpread = terms.some((term) => matchesSelector(term.at('labelSelector'), workload.labels));
      if (workload.replicas === undefined || floor < 2 || isSpread) return;
      const message = `has ${floor} pods or more, and nothing keeps them from landing on one node`;
      const fix =
        'Add a topologySpreadConstraint over kubernetes.io/hostname, or a podAntiAffinity against its own pods.';
      yield { at: workload.pod, message, fix };
    }),
  },
  'spread-selects-itself': {
    title:
      'A topology spread counts its own pods over a label that nodes carry, and an anti-affinity avoids pods that exist',
    rationale: 'A constraint that selects other pods, or none, is met wherever the pod lands: nothing spreads.',
    docs: `${SPREAD}#known-limitations`,
    check: eachWorkload(function* (workload, platform) {
      for (const constraint of workload.pod.at('topologySpreadConstraints').items) {
        const at = constraint.at('labelSelector');
        if (matchesSelector(at, workload.labels)) continue;
        const message = `spreads over ${constraint.at('topologyKey').scalar}, but its labelSelector does not select the pods of ${workload} itself`;
        yield { at, message, fix: 'Give it the labels of the pod template.' };
      }
      if (!platform.environmentOf(workload.namespace)) return yield* misspelt(workload);
      yield* topology(workload);
      for (const term of antiAffinityTerms(workload)) {
        const at = term.at('labelSelector');
        if (avoidsSome(platform, workload, term)) continue;
        const fix = 'Give its labelSelector the labels of the pods to keep away from.';
        yield { at, message: 'the anti-affinity avoids pods that do not exist', fix };
      }
    }),
  },
});

/** Budgets of pods that are not given, which allow nothing however many there are. */
function* closedBudgets(platform: Platform): Iterable<Problem> {
  for (const budget of platform.ofKind('PodDisruptionBudget')) {
    const [take, keep] = [budget.at('spec', 'maxUnavailable'), budget.at('spec', 'minAvailable')];
    const [at, never] = take.exists ? [take, ['0', '0%']] : [keep, ['100%']];
    const selector = budget.at('spec', 'selector');
    const isKnown = platform.workloadsIn(budget.namespace).some((one) => one.isSelectedBy(selector));
    if (isKnown || !never.includes(at.scalar ?? '')) continue;
    const message = `${String(at.path.at(-1))} ${at.scalar} allows no disruption, however many pods there are`;
    yield { at, message, fix: 'Let a drain take one pod: maxUnavailable: 1.' };
  }
}

/** Nobody says how many bare pods there should be, so neither a share of them nor a loss can be reckoned with. */
function* uncounted(budgets: readonly Resource[], workload: Workload): Iterable<Problem> {
  for (const budget of budgets) {
    const [take, keep] = [budget.at('spec', 'maxUnavailable'), budget.at('spec', 'minAvailable')];
    const at = take.exists ? take : keep;
    if (!take.exists && !keep.text?.endsWith('%')) continue;
    const message = `${String(at.path.at(-1))} ${at.scalar} allows no disruption of ${workload}, which no controller counts`;
    yield { at, message, fix: 'Let a Deployment run the pod, or keep a number: minAvailable.' };
  }
}

function avoidsSome(platform: Platform, workload: Workload, term: Field): boolean {
  const selector = term.at('labelSelector');
  if (!selector.exists || term.at('namespaceSelector').exists) return selector.exists;
  const named = term.at('namespaces').words;
  const candidates = (named.length > 0 ? named : [workload.namespace]).flatMap((name) => platform.workloadsIn(name));
  return candidates.some(({ labels }) => matchesSelector(selector, labels));
}

/** Labels that every node carries; a spread over another is met by all nodes at once, or by none. */
const NODE_LABELS = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/** Elsewhere nodes may carry labels of their own: only what is nearly one of every node's is a slip. */
function* misspelt(workload: Workload): Iterable<Problem> {
  const terms = [...workload.pod.at('topologySpreadConstraints').items, ...antiAffinityTerms(workload)];
  for (const at of terms.map((term) => term.at('topologyKey'))) {
    const meant = at.text === undefined ? undefined : (FORMER_LABELS[at.text] ?? nodeLabelLike(at.text));
    if (meant === undefined || meant === at.text) continue;
    const message = `spreads over ${at.text}, which is no label that every node carries`;
    yield {
      at,
      message,
      fix: `Did you mean ${meant}?`,
      severity: at.text && FORMER_LABELS[at.text] ? 'warning' : 'error',
    };
  }
}

/** `topology.kubernetes.io/zones` is a slip; `topology.kubernetes.io/rack` is a label that somebody gave the nodes. */
function nodeLabelLike(label: string): string | undefined {
  const meant = suggest(label, NODE_LABELS);
  const [name, other] = [label, meant].map((one) => one?.split('/').at(-1) ?? '');
  return name && other && suggest(name, [other]) ? meant : undefined;
}

/** Labels that nodes carried before Kubernetes 1.17, and those that replaced them. */
const FORMER_LABELS: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
};

function* topology(workload: Workload): Iterable<Problem> {
  for (const constraint of workload.pod.at('topologySpreadConstraints').items) {
    const at = constraint.at('topologyKey');
    if (!NODE_LABELS.includes(at.text ?? '')) {
      const message = `spreads over ${at.scalar}, which is no label that every node carries`;
      yield { at, message, fix: `Spread over one of ${NODE_LABELS.join(', ')}.` };
    }
    const isHard = constraint.at('whenUnsatisfiable').text === 'DoNotSchedule';
    const isPerVersion = constraint.at('matchLabelKeys').words.includes('pod-template-hash');
    if (workload.kind !== 'Deployment' || !isHard || isPerVersion) continue;
    const message = `spreads ${workload} hard, and counts the pods of the old version during a rollout`;
    yield { at: constraint, message, fix: 'Add matchLabelKeys: [pod-template-hash].' };
  }
}
