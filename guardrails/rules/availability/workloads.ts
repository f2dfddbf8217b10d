import { NAMESPACE, PROMISES, WORKLOAD } from '../../annotations.ts';
import { podCount } from '../../demand.ts';
import { parseDuration } from '../../quantity.ts';
import { each, eachContainer, eachWorkload, rules } from '../../rule.ts';
import { budgetsOf } from '../../scaling.ts';
import { SCALABLE } from '../../workload.ts';

const FIGURES = ['requests.cpu', 'requests.memory', 'limits.memory'] as const;

/** What keeps a workload from running as written. A suspended CronJob is left alone: people start such a template by hand. */
const SWITCHES = [
  ['Deployment', 'paused', true, 'the rollout is paused: no change of the template reaches a pod'],
  ['StatefulSet', 'updateStrategy.type', 'OnDelete', 'pods are replaced only when somebody deletes them'],
  ['DaemonSet', 'updateStrategy.type', 'OnDelete', 'pods are replaced only when somebody deletes them'],
  ...SCALABLE.map((kind) => [kind, 'replicas', 0, 'runs no pod at all'] as const),
] as const;

export const workloadsRules = rules({
  'budget-present': {
    title: 'Where availability is promised, several pods have a disruption budget',
    rationale: 'Without a budget a drain of two nodes may take every pod of a service at once.',
    docs: 'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets',
    where: PROMISES.availability,
    check: eachWorkload(function* (workload, platform) {
      const { floor } = podCount(platform, workload);
      if (!['Deployment', 'StatefulSet'].includes(workload.kind) || floor < 2) return;
      if (budgetsOf(platform, workload).length > 0) return;
      const message = `has ${floor} pods or more, and no PodDisruptionBudget selects them`;
      yield { at: workload.resource.at('metadata', 'name'), message, fix: `Add one that keeps ${floor - 1} at most.` };
    }),
  },
  'no-single-replica': {
    title: 'Where availability is promised, nothing runs as a single pod unless its outage is accepted',
    rationale: 'Each drain, crash and node failure takes the only pod, and what hangs on it.',
    docs: 'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/',
    where: PROMISES.availability,
    check: eachWorkload(function* (workload, platform) {
      const { floor, ceilingAt } = podCount(platform, workload);
      if (workload.replicas === undefined || floor > 1) return;
      const accepted = workload.resource.annotation(WORKLOAD.acceptedOutage);
      const [duration, reason] = (accepted.text ?? '').split(/:(.*)/s).map((part) => part.trim());
      if (parseDuration(duration) !== undefined && reason) return;
      const pods = floor === 0 ? 'no pod' : 'a single pod';
      if (accepted.text !== undefined) {
        const fix = "Write it as '2m: what happens meanwhile, and why that is accepted'.";
        return yield { at: accepted, message: `'${accepted.text}' is no duration with a reason`, fix };
      }
      const at = ceilingAt.exists ? ceilingAt : workload.resource.at('spec');
      const message = `may run as ${pods} in an environment that promises availability`;
      const fix = `Raise the replicas (or the autoscaler's floor) to 2, or accept the outage: ${WORKLOAD.acceptedOutage}: '<duration>: <reason>'.`;
      yield { at, message, fix };
    }),
  },
  'nothing-switched-off': {
    title:
      'Nothing of a declared environment is switched off: no paused rollout, no update by hand, no replicas of zero',
    rationale: 'The manifest is accepted and nothing happens; of what never runs, every dashboard is green.',
    docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment',
    where: 'declared',
    check: each(
      () => SWITCHES,
      function* ([kind, path, off, message], platform) {
        for (const at of platform.ofKind(kind).map((resource) => resource.at('spec', ...path.split('.'))))
          if (at.value === off) yield { at, message, fix: `Remove ${path}: ${off}, or what it switches off.` };
      },
    ),
  },
  'environment-agrees': {
    title: 'The namespaces of one environment declare the same budget and promises',
    rationale: 'They share the nodes: where they disagree about them, capacity is proven against a wrong figure.',
    docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
    *check(platform) {
      const shared = Object.entries(NAMESPACE).flatMap(([name, key]) => (name.startsWith('budget') ? key : []));
      for (const { name, namespaces } of platform.environments) {
        for (const key of shared) {
          const [first, ...others] = namespaces.filter(({ annotations }) => annotations[key] !== undefined);
          for (const other of others) {
            const [here, there] = [other.annotations[key], first?.annotations[key]];
            if (here === there) continue;
            const message = `environment ${name} has ${here} here, but ${there} in ${first}`;
            yield { at: other.annotation(key), message, fix: 'Declare the same in both, or in one of them only.' };
          }
        }
      }
    },
  },
  'figures-present': {
    title: 'Where availability is promised, every container names what it needs',
    rationale: 'Without figures of its own it takes a default, is evicted first, and falsifies every sum.',
    docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
    where: PROMISES.availability,
    check: eachContainer(function* ({ field, name }) {
      const missing = FIGURES.filter((figure) => !field.at('resources', ...figure.split('.')).exists);
      if (missing.length === 0) return;
      const fix = "Give it what was measured: a default of the namespace is nobody's figure.";
      yield { at: field.at('resources'), message: `container ${name} names no ${missing.join(', ')}`, fix };
    }),
  },
  'liveness-present': {
    title: 'Where availability is promised, what listens is asked whether it lives',
    rationale: 'A process that hangs keeps its port open: without a liveness probe it stays until somebody looks.',
    docs: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#liveness-probe',
    where: PROMISES.availability,
    check: eachContainer(function* ({ field, name, role, ports, workload }) {
      if (workload.replicas === undefined || role !== 'main' || ports.length === 0) return;
      const message = `container ${name} listens, but has no livenessProbe`;
      if (!field.at('livenessProbe').exists) yield { at: field, message, fix: 'Add a livenessProbe.' };
    }),
  },
});
