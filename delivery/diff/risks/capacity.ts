import { formatPath } from '../../../guardrails/field.ts';
import { parseQuantity } from '../../../guardrails/quantity.ts';
import { type Change, type Changed, type FieldChange, type Risk, type RiskFinder, showField } from '../compare.ts';

/** Figures whose fall takes capacity or a guard away, with what that means. */
const FIGURES: readonly { readonly path: RegExp; readonly means: string; readonly advice: string }[] = [
  {
    path: /^spec\.(replicas|minReplicas)$/,
    means: 'fewer pods',
    advice: 'Compare with the traffic of a busy hour, and with the disruption budget.',
  },
  {
    path: /^spec\.maxReplicas$/,
    means: 'a lower maxReplicas for the autoscaler',
    advice: 'Look at the highest number of pods of the last weeks.',
  },
  {
    path: /resources\.(limits|requests)\.memory$/,
    means: 'less memory',
    advice: 'A process above its limit is killed (OOMKilled): compare with container_memory_working_set_bytes.',
  },
  {
    path: /resources\.(limits|requests)\.cpu$/,
    means: 'less CPU',
    advice: 'Less CPU means throttling or a busier node: compare with the use of a busy hour.',
  },
  {
    path: /^spec\.hard\./,
    means: 'a smaller quota',
    advice: 'Pods above a quota are not created, and a rollout stops half way: check what runs now.',
  },
  {
    path: /^spec\.minAvailable$/,
    means: 'a weaker disruption budget',
    advice: 'A drain may now evict more pods at once.',
  },
];

const GUARDS: Readonly<Record<string, string>> = {
  Deployment: 'its pods go',
  StatefulSet: 'its pods go',
  DaemonSet: 'its pods go',
  CronJob: 'what it did on schedule is not done any more',
  Service: 'its name no longer resolves',
  Ingress: 'its hosts and paths answer 404',
  HTTPRoute: 'its hosts and paths answer 404',
  HorizontalPodAutoscaler: 'the number of pods stays as it is',
  PodDisruptionBudget: 'a drain may evict all pods at once',
  ResourceQuota: 'the namespace may take what it wants',
  LimitRange: 'containers without figures get none',
};

const PROBES = /\.(startupProbe|livenessProbe|readinessProbe)$/;

export const lessCapacity: RiskFinder = (changes) => changes.flatMap(risksOf);

function risksOf(change: Change): readonly Risk[] {
  if (change.kind === 'added') return [];
  if (change.kind === 'changed') return [...lowerFigures(change), ...lostProbes(change)];
  const loss = GUARDS[change.before.kind];
  if (loss === undefined) return [];
  return [
    {
      level: 'caution',
      change,
      message: `is removed: ${loss}`,
      advice: 'Argo CD prunes it; `kubectl apply` leaves it until it is deleted by hand.',
    },
  ];
}

function lowerFigures(change: Changed): readonly Risk[] {
  return change.fields.flatMap((field) => {
    const figure = FIGURES.find(({ path }) => path.test(formatPath(field.path)));
    if (figure === undefined || !isLower(field)) return [];
    return [
      {
        level: 'caution',
        change,
        message: `${figure.means}: ${showField(change.after, field)}`,
        advice: figure.advice,
      },
    ];
  });
}

/** A figure that is taken away counts as lower, except where the object's default or an autoscaler takes over. */
function isLower({ path, before, after }: FieldChange): boolean {
  if (before === undefined) return false;
  if (after === undefined) return path.at(-1) !== 'replicas' && !path.includes('limits');
  const [was, is] = [figureOf(before), figureOf(after)];
  return was !== undefined && is !== undefined && is < was;
}

function figureOf(value: unknown): number | undefined {
  return parseQuantity(typeof value === 'string' ? value.replace(/%$/, '') : value);
}

function lostProbes(change: Changed): readonly Risk[] {
  return change.fields
    .filter(({ path, after }) => after === undefined && PROBES.test(formatPath(path)))
    .map(({ path }) => ({
      level: 'caution',
      change,
      message: `a probe is removed: ${formatPath(path)}`,
      advice: 'Without it the cluster takes a running process for a working one.',
    }));
}
