import { isRecord } from '../../guardrails/field.ts';

/** How the change of one workload goes, as far as its manifest says. */
export interface Rollout {
  readonly workload: string;
  readonly pods: number;
  /** Pods that are replaced at the same time, and steps that this takes. */
  readonly steps: number;
  /** Ready pods that are left while it goes on. */
  readonly lowestReady: number;
  /** From every pod ready at its first probe to every pod ready at the last one that it may fail. */
  readonly seconds: readonly [number, number];
}

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields => (isRecord(value) ? value : {});
const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

/** Workloads whose template differs from before, rolled out at `pods` replicas. A StatefulSet goes pod by pod. */
export function rolloutOf(before: unknown, after: unknown, pods: number): Rollout | undefined {
  const [old, spec] = [fields(fields(before)['spec']), fields(fields(after)['spec'])];
  const { kind, metadata } = fields(after);
  if (pods === 0 || !['Deployment', 'StatefulSet', 'DaemonSet'].includes(String(kind))) return undefined;
  if (Object.keys(old).length === 0 || JSON.stringify(old['template']) === JSON.stringify(spec['template']))
    return undefined;
  const { atOnce, unavailable } = paceOf(String(kind), spec, pods);
  const steps = Math.ceil(pods / Math.max(1, atOnce));
  const [soonest, latest] = readyAfter(fields(fields(spec['template'])['spec']));
  const settle = number(spec['minReadySeconds'], 0);
  return {
    workload: `${kind} ${String(fields(metadata)['name'])}`,
    pods,
    steps,
    lowestReady: pods - unavailable,
    seconds: [steps * (soonest + settle), steps * (latest + settle)],
  };
}

/** The controllers' own rounding: a surge up, unavailable pods down, and never neither. */
function paceOf(kind: string, spec: Fields, pods: number) {
  const strategy = fields(spec[kind === 'Deployment' ? 'strategy' : 'updateStrategy']);
  if (strategy['type'] === 'Recreate') return { atOnce: pods, unavailable: pods };
  const rolling = fields(strategy['rollingUpdate']);
  if (kind !== 'Deployment') return { atOnce: 1, unavailable: 1 };
  const surge = share(rolling['maxSurge'] ?? '25%', pods, Math.ceil);
  const lacking = share(rolling['maxUnavailable'] ?? '25%', pods, Math.floor);
  const unavailable = surge === 0 && lacking === 0 ? 1 : lacking;
  return { atOnce: surge + unavailable, unavailable };
}

function share(value: unknown, pods: number, round: (value: number) => number): number {
  const text = String(value);
  return text.endsWith('%') ? round((Number(text.slice(0, -1)) * pods) / 100) : Number(text);
}

/** Seconds until a pod may be ready by its probes: at the first try, and at the last that the startup probe allows. */
function readyAfter(pod: Fields): readonly [number, number] {
  const containers = Array.isArray(pod['containers']) ? pod['containers'].map(fields) : [];
  const times = containers.map((container) => {
    const [startup, readiness] = [fields(container['startupProbe']), fields(container['readinessProbe'])];
    const first = number(startup['initialDelaySeconds'], 0) + number(readiness['initialDelaySeconds'], 0);
    const period = number(readiness['periodSeconds'], 10);
    const patience = number(startup['failureThreshold'], 3) * number(startup['periodSeconds'], 10);
    const hasStartup = Object.keys(startup).length > 0;
    return [first + 1, first + period + (hasStartup ? patience : 0)] as const;
  });
  return [Math.max(1, ...times.map(([soonest]) => soonest)), Math.max(1, ...times.map(([, latest]) => latest))];
}
