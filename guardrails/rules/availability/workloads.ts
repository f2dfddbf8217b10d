import { NAMESPACE, PROMISES, WORKLOAD } from '../../annotations.ts';
import { podCount } from '../../demand.ts';
import { parseDuration } from '../../quantity.ts';
import type { Rule } from '../../rule.ts';
import { budgetsOf } from '../../scaling.ts';

const budgetPresent: Rule = {
  id: 'budget-present',
  title: 'Where availability is promised, several pods have a disruption budget',
  rationale: 'Without a budget a drain of two nodes may take every pod of a service at once.',
  docs: 'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.availability)) continue;
      const { floor } = podCount(platform, workload);
      if (!['Deployment', 'StatefulSet'].includes(workload.kind) || floor < 2) continue;
      if (budgetsOf(platform, workload).length > 0) continue;
      yield {
        at: workload.resource.at('metadata', 'name'),
        message: `has ${floor} pods or more, and no PodDisruptionBudget selects them`,
        fix: `Add one that keeps ${floor - 1} at most.`,
      };
    }
  },
};

const noSingleReplica: Rule = {
  id: 'no-single-replica',
  title: 'Where availability is promised, nothing runs as a single pod unless its outage is accepted',
  rationale:
    'Each drain, each crash and each node failure takes the only pod: what hangs on it is down until another has started.',
  docs: 'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.availability)) continue;
      const { floor, ceilingAt } = podCount(platform, workload);
      if (workload.replicas === undefined || floor > 1) continue;
      const accepted = workload.resource.annotations[WORKLOAD.acceptedOutage];
      const [duration, reason] = (accepted ?? '').split(/:(.*)/s).map((part) => part.trim());
      if (parseDuration(duration) !== undefined && reason) continue;
      yield accepted === undefined
        ? {
            at: ceilingAt.exists ? ceilingAt : workload.resource.at('spec'),
            message: `may run as ${floor === 0 ? 'no pod' : 'a single pod'} in an environment that promises availability`,
            fix: `Raise the replicas (or the autoscaler's floor) to 2, or accept the outage: ${WORKLOAD.acceptedOutage}: '<duration>: <reason>'.`,
          }
        : {
            at: workload.resource.annotation(WORKLOAD.acceptedOutage),
            message: `'${accepted}' is no duration with a reason`,
            fix: "Write it as '2m: what happens meanwhile, and why that is accepted'.",
          };
    }
  },
};

const nothingAtZero: Rule = {
  id: 'nothing-at-zero',
  title: 'No workload of a declared environment is scaled to nothing',
  rationale: 'Zero replicas is an outage that every dashboard shows as green: nothing fails, because nothing runs.',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#replicas',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (workload.replicas !== 0 || !platform.environmentOf(workload.namespace)) continue;
      yield {
        at: workload.resource.at('spec', 'replicas'),
        message: 'runs no pod at all',
        fix: 'Set replicas, or remove the workload.',
      };
    }
  },
};

/** A suspended CronJob is left alone: people start such a template by hand. */
const nothingSwitchedOff: Rule = {
  id: 'nothing-switched-off',
  title: 'Nothing of a declared environment is switched off: no paused rollout, no update by hand',
  rationale: 'The manifest is applied and accepted, and nothing happens: the new version never arrives.',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)) continue;
      for (const [kinds, path, off, message] of SWITCHES) {
        const at = workload.resource.at('spec', ...path);
        if (!kinds.includes(workload.kind) || at.value !== off) continue;
        yield { at, message, fix: `Remove ${path.join('.')}: ${off}, or what it switches off.` };
      }
    }
  },
};

/** What keeps a workload from running as written: the field, the value that does it, and what that means. */
const SWITCHES: readonly (readonly [kinds: readonly string[], path: readonly string[], off: unknown, means: string])[] =
  [
    [['Deployment'], ['paused'], true, 'the rollout is paused: no change of the template reaches a pod'],
    [
      ['StatefulSet', 'DaemonSet'],
      ['updateStrategy', 'type'],
      'OnDelete',
      'pods are replaced only when somebody deletes them: no change of the template reaches them',
    ],
  ];

const environmentAgrees: Rule = {
  id: 'environment-agrees',
  title: 'The namespaces of one environment declare the same budget and promises',
  rationale:
    'They share the nodes: where they disagree about them, capacity is proven against a figure that is not true.',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
  *check(platform) {
    const shared = Object.entries(NAMESPACE).filter(([name]) => name.startsWith('budget'));
    for (const { name, namespaces } of platform.environments) {
      for (const [, key] of shared) {
        const [first, ...others] = namespaces.filter(({ annotations }) => annotations[key] !== undefined);
        for (const other of others) {
          if (!first || other.annotations[key] === first.annotations[key]) continue;
          yield {
            at: other.annotation(key),
            message: `environment ${name} has ${other.annotations[key]} here, but ${first.annotations[key]} in ${first}`,
            fix: 'Declare the same in both, or in one of them only.',
          };
        }
      }
    }
  },
};

const FIGURES = ['requests.cpu', 'requests.memory', 'limits.memory'] as const;

const figuresPresent: Rule = {
  id: 'figures-present',
  title: 'Where availability is promised, every container names what it needs',
  rationale:
    'A container without figures of its own takes the default of the namespace, is evicted first, and makes every sum about the nodes wrong.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.availability)) continue;
      for (const { field, name } of workload.containers) {
        const missing = FIGURES.filter((figure) => !field.at('resources', ...figure.split('.')).exists);
        if (missing.length === 0) continue;
        yield {
          at: field.at('resources'),
          message: `container ${name} names no ${missing.join(', ')}`,
          fix: "Give it what was measured: a default of the namespace is nobody's figure.",
        };
      }
    }
  },
};

const livenessPresent: Rule = {
  id: 'liveness-present',
  title: 'Where availability is promised, what listens is asked whether it lives',
  rationale: 'A process that hangs keeps its port open: without a liveness probe it stays until somebody looks.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#liveness-probe',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.availability)) continue;
      if (workload.replicas === undefined) continue;
      for (const { field, name, role, ports } of workload.containers) {
        if (role !== 'main' || ports.length === 0 || field.at('livenessProbe').exists) continue;
        yield {
          at: field,
          message: `container ${name} listens, but has no livenessProbe`,
          fix: 'Add a livenessProbe.',
        };
      }
    }
  },
};

export const workloadsRules: readonly Rule[] = [
  budgetPresent,
  noSingleReplica,
  nothingAtZero,
  nothingSwitchedOff,
  environmentAgrees,
  figuresPresent,
  livenessPresent,
];
