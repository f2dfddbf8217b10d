/** A series as promtool writes it: `up{job="users"}` and `1x10`. */
export interface ProofSeries {
  readonly series: string;
  /** Expanding notation, one sample a step: `0+60x30` starts at 0 and adds 60 thirty times. */
  readonly values: string;
}

/** What must make an alert fire, and what must not: the same situation just below the threshold. Null for the watchdog, which is never quiet. */
export interface Proof {
  readonly fires: readonly ProofSeries[];
  readonly quiet: readonly ProofSeries[] | null;
  /** When it is looked at: `10m` after the first sample. */
  readonly at: string;
  /** Seconds between samples and evaluations. @default 30; longer for windows of days */
  readonly stepSeconds?: number;
}

/** `critical` wakes somebody up, `warning` waits for the morning, `none` is the watchdog that always fires. */
export const SEVERITIES = ['critical', 'warning', 'none'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What an alert is about: a critical one silences the warning of the same symptom and service. */
export const SYMPTOMS = [
  'availability',
  'latency',
  'budget',
  'cpu',
  'memory',
  'disk',
  'pods',
  'restarts',
  'rollout',
  'autoscaler',
  'redis-client',
  'search-index',
  'redis',
  'redis-memory',
  'redis-replication',
  'redis-failover',
  'redis-connections',
  'redis-persistence',
  'redis-backup',
  'redis-records',
  'quota',
  'certificate',
  'target',
  'monitoring',
  'watchdog',
] as const;
export type Symptom = (typeof SYMPTOMS)[number];

/** The dashboard that shows what an alert is about: `overview`, `capacity` or the page of a part by its name, or the one of a service. */
export type DashboardRef = string | { readonly service: string };

/**
 * How long a cause goes on firing when it is over, so that its last effects are still hidden: they look back up to five minutes,
 * and a minute is for reading and judging them.
 */
export const EFFECTS_FADE = '6m';

export interface RecordingRule {
  /** `level:metric:operation`, https://prometheus.io/docs/practices/rules/ */
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Alert {
  /** CamelCase; also the name of its runbook. One name may stand for several rules, one a service. */
  readonly name: string;
  readonly severity: Severity;
  readonly symptom: Symptom;
  /** The service, or `redis`, `prometheus` ...; a template where the series knows it. */
  readonly service: string;
  /** What tells two rules of one name and service apart: the promise. @default - nothing */
  readonly slo?: string;
  readonly expr: string;
  /** How long it must hold, in Prometheus' notation: `5m`. */
  readonly for: string;
  /** How long it goes on firing when its condition is over: a cause outlives the effects that it hides, see `EFFECTS_FADE`. @default - not at all */
  readonly keepFiringFor?: string;
  /** One line, with the values that matter. */
  readonly summary: string;
  /** What it means for users and what the threshold is, with its unit and what a percentage is a percentage of. */
  readonly description: string;
  readonly dashboard: DashboardRef;
  /** Series with which it fires, and series just below with which it does not. */
  readonly proof: Proof;
}

type Unnamed = Omit<Alert, 'name' | 'severity'>;

export function critical(name: string, alert: Unnamed): Alert {
  return { ...alert, name, severity: 'critical' };
}

export function warning(name: string, alert: Unnamed): Alert {
  return { ...alert, name, severity: 'warning' };
}

/** Of an alert about one service: whose it is, and the page that shows it. */
export function aboutService({ name }: { readonly name: string }): Pick<Alert, 'service' | 'dashboard'> {
  return { service: name, dashboard: { service: name } };
}

/** Rules that are evaluated together, in order; a file of their own in Prometheus. */
export interface RuleGroup {
  readonly name: string;
  /** How often. @default - Prometheus' own interval */
  readonly interval?: string;
  readonly recordings: readonly RecordingRule[];
  readonly alerts: readonly Alert[];
}
