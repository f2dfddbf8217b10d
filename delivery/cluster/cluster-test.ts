import type { Environment } from '../../charts/plan/environment.ts';
import type { Plan } from '../../charts/plan/part.ts';
import { isRecord } from '../../guardrails/field.ts';
import { connectionsOf, tryConnections } from './connections.ts';
import type { Kubectl } from './kubectl.ts';
import type { Needs } from './needs.ts';
import { dryRunManifest, traces, trialOf } from './trial.ts';

/** Told while it happens: a rollout takes minutes. */
export type Tell = (line: string) => void;

/** Asks the API server to accept every object, without keeping any. Returns what it refuses. */
export async function dryRun(kubectl: Kubectl, { objects, addons }: Needs, tell: Tell): Promise<readonly string[]> {
  const namespaces = (await kubectl.list('namespaces')).map(({ metadata }) =>
    isRecord(metadata) ? String(metadata['name']) : '',
  );
  const manifest = dryRunManifest([...objects, ...addons], new Set(namespaces));
  const args = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--filename=-'];
  const { stdout, stderr } = await kubectl.try(args, manifest);
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Warning:'));
  const unknown = lines.filter((line) => line.includes('no matches for kind'));
  if (unknown.length > 0)
    tell(`${unknown.length} objects of kinds that this cluster does not serve: npm run doctor names them`);
  const refused = lines.filter((line) => !unknown.includes(line) && !line.startsWith('ensure CRDs are installed'));
  tell(
    `${stdout.split('\n').filter((line) => line !== '').length} of ${objects.length + addons.length} objects are accepted by the API server`,
  );
  return refused;
}

export interface ApplyOptions {
  readonly needs: Needs;
  readonly plan: Plan;
  /** Put before every namespace: `trial`. */
  readonly prefix: string;
  readonly tell: Tell;
}

/** Longest wait for one rollout, images to pull included. */
const ROLLOUT_WITHIN = '5m';

/**
 * Applies a copy of an environment under a prefix, waits for its rollouts, looks at its probes, tries every connection
 * that the catalog allows or denies, and removes the copy. Returns what went wrong.
 */
export async function applyAndProve(kubectl: Kubectl, options: ApplyOptions): Promise<readonly string[]> {
  const { needs, prefix, tell } = options;
  const { environment, objects } = needs;
  if (environment.secrets.kind !== 'literal')
    return [
      `${environment.name} takes its secrets from a store that a copy cannot use: --apply works for environments whose secrets are in dist/ (dev)`,
    ];
  const names = { name: environment.namespace, prefix };
  try {
    const { code, stderr } = await kubectl.try(['apply', '--server-side', '--filename=-'], trialOf(objects, names));
    if (code !== 0) return [`the copy does not apply: ${stderr.trim()}`];
    return await prove(kubectl, options, `${prefix}-${environment.namespace}`);
  } finally {
    tell(`removing ${traces(objects, names).join(', ')}`);
    await kubectl.try(['delete', ...traces(objects, names), '--ignore-not-found', '--wait=false']);
  }
}

async function prove(
  kubectl: Kubectl,
  { needs, plan, tell }: ApplyOptions,
  namespace: string,
): Promise<readonly string[]> {
  const stuck = await rollouts(kubectl, needs, namespace, tell);
  if (stuck.length > 0) return stuck;
  const restarted = await restarts(kubectl, namespace);
  const connections = connectionsOf(plan);
  const wrong = await tryConnections(kubectl, namespace, connections);
  tell(
    `${connections.length} connections tried, ${connections.filter(({ allowed }) => allowed).length} of them declared`,
  );
  return [...restarted, ...wrong];
}

async function rollouts(
  kubectl: Kubectl,
  { objects }: Needs,
  namespace: string,
  tell: Tell,
): Promise<readonly string[]> {
  const workloads = objects.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  const outcomes = await Promise.all(
    workloads.map(async ({ kind, name }) => {
      const workload = `${kind.toLowerCase()}/${name}`;
      const { code, stdout, stderr } = await kubectl.try([
        '--namespace',
        namespace,
        'rollout',
        'status',
        workload,
        `--timeout=${ROLLOUT_WITHIN}`,
      ]);
      if (code === 0) tell(`${workload} is rolled out`);
      return code === 0
        ? []
        : [`${workload} does not become ready: ${(stderr || stdout).trim().split('\n').at(-1) ?? ''}`];
    }),
  );
  return outcomes.flat();
}

/** A probe that fails now and then shows as a restart. */
async function restarts(kubectl: Kubectl, namespace: string): Promise<readonly string[]> {
  const pods = await kubectl.list('pods', '--namespace', namespace);
  return pods.flatMap(({ metadata, status }) => {
    const containers =
      isRecord(status) && Array.isArray(status['containerStatuses']) ? status['containerStatuses'] : [];
    const count = containers
      .filter(isRecord)
      .reduce((sum, container) => sum + Number(container['restartCount'] ?? 0), 0);
    return count === 0
      ? []
      : [`pod ${isRecord(metadata) ? String(metadata['name']) : ''} was restarted ${count} times`];
  });
}

/** The environments by name, or all. Fails for a name that is none. */
export function chooseEnvironments(all: readonly Environment[], names: readonly string[]): readonly Environment[] {
  const unknown = names.filter((name) => all.every((environment) => environment.name !== name));
  if (unknown.length > 0)
    throw new Error(`no environment ${unknown.join(', ')}: give some of ${all.map(({ name }) => name).join(', ')}`);
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}
