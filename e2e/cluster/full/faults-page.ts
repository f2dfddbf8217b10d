import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../root.ts';
import { CACHE } from '../machine.ts';
import type { Fault } from './breaking.ts';
import { FAULTS } from './faults.ts';

interface Seconds {
  readonly alert: string;
  readonly seconds: number;
}

/** What one fault did, in seconds after it happened, and after it was mended. */
export interface Measured {
  readonly name: string;
  readonly alerts: readonly Seconds[];
  readonly hidden: readonly Seconds[];
  /** Null where a budget that looks back half an hour is not waited for. */
  readonly resolvedAfter: number | null;
}

export const PAGE = join(ROOT, 'docs/faults.md');
const FILE = join(CACHE, 'faults.json');

const LONG = 'takes longer than a test may wait';
const GROUPS =
  'needs control groups of version 2, in which a container can read its own limits; the suite has version 1';

/** Why no fault of the suite fires an alert. That each of them fires, and stays silent just below, is what promtool proves in e2e/observability-rules.test.ts. */
export const UNFIRED: Readonly<Record<string, string>> = {
  AlertMailsFailing: `${LONG}: 10 minutes of failed mails`,
  AutoscalerAtMaxReplicas: `${LONG}: 15 minutes, and 20 pods of a service do not fit on the machine`,
  AutoscalerFlapping: `${LONG}: nine changes of an autoscaler that waits for minutes after each`,
  AvailabilityBudgetBurningSlowly: `${LONG}: 15 minutes`,
  CertificateExpiringNow: 'the suite runs no cert-manager',
  CertificateExpiringSoon: 'the suite runs no cert-manager',
  CertificatesUnwatched: 'fires throughout, because the suite runs no cert-manager',
  CpuHigh: GROUPS,
  CpuNearLimit: GROUPS,
  DiskHigh: `${LONG}: 10 minutes`,
  LatencyBudgetBurningSlowly: `${LONG}: 15 minutes`,
  MemoryHigh: GROUPS,
  MemoryNearLimit: GROUPS,
  LogLinesDropped: 'the container runtime reads every line here, and no environment of dist/ names a log store',
  PrometheusDropsAlerts: `${LONG}: 10 minutes`,
  PrometheusRuleFailures: 'every rule of dist/ can be evaluated, and none is changed for a test',
  PrometheusStorageNearlyFull: `${LONG}: 15 minutes`,
  QuotaNearlyUsed: `${LONG}: 15 minutes`,
  RedisBackupMissing: `${LONG}: three hours without a backup`,
  RedisRejectsConnections:
    'the exporter is among those that are rejected, so when it is seen depends on when they leave',
  RedisRejectsItsData: 'full/breakages.test.ts has a server stop with exit code 134, which is what it looks for',
  RequestsShed: 'two cores cannot run the cluster and send it more than it takes for five minutes',
  RolloutStuck: `${LONG}: a rollout has 15 minutes to make progress`,
  ScrapeSampleLimitExceeded: 'no service has a label that can be made to grow',
  SearchIndexLagging: 'without the store a pod of search is not ready and shows no lag; with it, it catches up at once',
  SlowResponses: `${LONG}: 10 minutes`,
  Watchdog: 'fires always',
};

/** Keeps what was measured, instead of what an earlier run measured. */
export function keep(measured: Measured): void {
  writeFileSync(FILE, JSON.stringify([...kept().filter(({ name }) => name !== measured.name), measured]));
}

function kept(): readonly Measured[] {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Measured[]) : [];
}

/** Writes docs/faults.md once every fault was measured. */
export function writePage(): void {
  const found = kept();
  const rows = FAULTS.flat().map((fault) => rowOf(fault, found));
  if (rows.every((row) => row !== undefined)) writeFileSync(PAGE, page(rows));
}

function rowOf({ name, echoes = [] }: Fault, found: readonly Measured[]): string | undefined {
  const measured = found.find((one) => one.name === name);
  if (measured === undefined) return undefined;
  const { alerts, hidden, resolvedAfter } = measured;
  const quiet = [...hidden.map(withSeconds), ...echoes.map((alert) => `${linkTo(alert)} afterwards`)].join('<br>');
  const silent = resolvedAfter === null ? 'half an hour later' : `${resolvedAfter} s`;
  return `| ${name} | ${alerts.map(withSeconds).join('<br>')} | ${quiet} | ${silent} |`;
}

function page(rows: readonly string[]): string {
  const unfired = Object.entries(UNFIRED).map(([alert, reason]) => `| ${linkTo(alert)} | ${reason} |`);
  return `# Faults and their alerts

Each fault was made in production of dist/, on a cluster of three nodes with Prometheus and Alertmanager as dist/ runs them; faults that do not get into
each other's way were made together. These alerts fired and no others: the test fails otherwise. What fires throughout is left out: Watchdog, and what misses
cert-manager and Grafana, which the suite does not run. The seconds are those from the fault to the alert, the last column those from the repair until
the last of its alerts is silent; they include the waiting time of each alert, and of some the six minutes for which they go on.
\`npm run test:kubernetes -- --full full/alerts\` makes the faults again and writes this page (Linux, root, Go; about 42 minutes);
\`FAULT='second server'\` before it makes only the faults that have this in their names; the others keep
the figures of their last run. The machine has other work, so a second more or less means nothing.

| fault | alerts | fires too, but an alert beside it keeps it from being mailed | silent again |
|---|---|---|---|
${rows.join('\n')}

## Alerts without a fault here

That each of these fires, and is silent just below its threshold, is proven with promtool (\`e2e/observability-rules.test.ts\`).

| alert | why no fault of the suite fires it |
|---|---|
${unfired.join('\n')}
`;
}

function withSeconds({ alert, seconds }: Seconds): string {
  return `${linkTo(alert)} ${seconds} s`;
}

function linkTo(alert: string): string {
  const [name, service] = alert.split(' ');
  return `[${name}](runbooks/${name}.md)${service === undefined ? '' : ` (${service})`}`;
}
