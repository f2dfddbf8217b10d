import { basename } from 'node:path';
import Table from 'cli-table3';
import type { Environment } from '../charts/plan/environment.ts';
import type { ManifestFile, Plan } from '../charts/plan/part.ts';
import { atMaximum, atMinimum, atPeak, type Total, totalOf } from '../charts/plan/resource-demand.ts';
import { createSecretCommands } from '../charts/secrets/part.ts';
import type { Changes } from './changes.ts';

/** What a synthesis made, for the person who ran it: objects by kind, and what they ask for against what there is. */
export function summary(plans: readonly Plan[], files: readonly ManifestFile[], changes: Changes): string {
  const environments = plans.map(({ environment }) => environment);
  return [kindTable(environments, files), capacityTable(plans), secretsText(plans), changesText(changes)].join('\n\n');
}

const STYLE = { head: [], border: [], compact: true };

function kindTable(environments: readonly Environment[], files: readonly ManifestFile[]): string {
  const ofEnvironments = files.filter(({ path }) => environments.some(({ name }) => isOf(path, name)));
  const kinds = [...new Set(ofEnvironments.flatMap(({ objects }) => objects.map(kindOf)))].sort();
  const table = new Table({
    head: ['objects', ...environments.map(({ name }) => name)],
    colAligns: ['left', ...environments.map(() => 'right' as const)],
    style: STYLE,
  });
  const count = (name: string, kind?: string) =>
    files
      .filter(({ path }) => isOf(path, name))
      .reduce(
        (sum, { objects }) => sum + objects.filter((object) => kind === undefined || kindOf(object) === kind).length,
        0,
      );
  for (const kind of kinds) table.push([kind, ...environments.map(({ name }) => String(count(name, kind) || '-'))]);
  table.push(['total', ...environments.map(({ name }) => String(count(name)))]);
  return table.toString();
}

/** `staging.k8s.yaml` and its addons, not `prestaging.k8s.yaml`. */
function isOf(path: string, environment: string): boolean {
  return basename(path) === `${environment}.k8s.yaml`;
}

function kindOf(object: Readonly<Record<string, unknown>>): string {
  return String(object['kind']);
}

function capacityTable(plans: readonly Plan[]): string {
  const table = new Table({
    head: ['capacity', 'pods', 'CPU requests', 'CPU limits', 'memory requests', 'memory limits', 'volumes'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: STYLE,
  });
  for (const { environment, demands } of plans) {
    table.push(
      row(`${environment.name} at the minimum`, totalOf(demands, atMinimum)),
      row('  at the maximum', totalOf(demands, atMaximum)),
      row('  quota (maximum, surge, stopping)', totalOf(demands, atPeak)),
      budgetRow(environment),
    );
  }
  return table.toString();
}

function row(label: string, total: Total): string[] {
  const { requests, limits } = total;
  return [
    label,
    String(total.pods),
    millicores(requests.cpuMillis),
    millicores(limits.cpuMillis),
    gibibytes(requests.memoryMiB),
    gibibytes(limits.memoryMiB),
    `${total.storageGi} Gi`,
  ];
}

function budgetRow({ budget }: Environment): string[] {
  const { nodes } = budget;
  return [
    `  budget of ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`,
    String(nodes * budget.podsPerNode),
    millicores(nodes * budget.cpuMillisPerNode),
    '',
    gibibytes(nodes * budget.memoryMiBPerNode),
    '',
    `${budget.storageGi} Gi`,
  ];
}

/** Always in thousandths: a column of `4` and `9410m` cannot be compared at a glance. */
function millicores(millis: number): string {
  return `${millis}m`;
}

function gibibytes(mebibytes: number): string {
  return `${(mebibytes / 1_024).toFixed(1)} Gi`;
}

/** What an environment needs beside dist/: the addons fill it, or a person does, one line a secret. */
function secretsText(plans: readonly Plan[]): string {
  const commands = plans.flatMap(createSecretCommands);
  return [
    'secrets to fill by hand where the External Secrets operator does not (each line asks for its values):',
    ...commands,
  ].join('\n  ');
}

/** At most so many names a line: the rest is `npm run diff`'s. */
const NAMES_SHOWN = 8;

function changesText({ added, changed, removed }: Changes): string {
  const lines = Object.entries({ added, changed, removed })
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => {
      const rest = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
      return `${what}: ${names.slice(0, NAMES_SHOWN).join(', ')}${rest}`;
    });
  return lines.length === 0 ? 'dist/ is unchanged' : `dist/ has changed\n  ${lines.join('\n  ')}`;
}
