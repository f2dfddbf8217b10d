import { dump } from 'js-yaml';
import { when } from '../../charts/constructs/lists.ts';
import type { Environment } from '../../charts/plan/environment.ts';
import type { Plan } from '../../charts/plan/part.ts';
import { isRecord, type Resource } from '../../guardrails/field.ts';
import type { Needs } from './checks.ts';
import { connectionsOf, tryConnections } from './connections.ts';
import type { Kubectl } from './kubectl.ts';

/** Told while it happens: a rollout takes minutes. */
export type Progress = (line: string) => void;

/** Asks the API server to accept every object, without keeping any. Returns what it refuses. */
export async function dryRun(
  kubectl: Kubectl,
  { objects, addons }: Needs,
  report: Progress,
): Promise<readonly string[]> {
  const namespaces = (await kubectl.list('namespaces')).map(({ name }) => name);
  const manifest = dryRunManifest([...objects, ...addons], new Set(namespaces));
  const args = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--filename=-'];
  const { stdout, stderr } = await kubectl.try(args, manifest);
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Warning:'));
  const unknown = lines.filter((line) => line.includes('no matches for kind'));
  if (unknown.length > 0)
    report(`${unknown.length} objects of kinds that this cluster does not serve: npm run doctor names them`);
  const refused = lines.filter((line) => !unknown.includes(line) && !line.startsWith('ensure CRDs are installed'));
  report(
    `${stdout.split('\n').filter((line) => line !== '').length} of ${objects.length + addons.length} objects are accepted by the API server`,
  );
  return refused;
}

export interface ApplyOptions {
  readonly needs: Needs;
  readonly plan: Plan;
  /** Put before every namespace: `trial`. */
  readonly prefix: string;
  readonly report: Progress;
}

/** Longest wait for one rollout, images to pull included. */
const ROLLOUT_WITHIN = '5m';

/**
 * Applies a copy of an environment under a prefix, waits for its rollouts, looks at its probes, tries every connection
 * that the catalog allows or denies, and removes the copy. Returns what went wrong.
 */
export async function applyAndProve(kubectl: Kubectl, options: ApplyOptions): Promise<readonly string[]> {
  const { needs, prefix, report } = options;
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
    report(`removing ${traces(objects, names).join(', ')}`);
    await kubectl.try(['delete', ...traces(objects, names), '--ignore-not-found', '--wait=false']);
  }
}

async function prove(
  kubectl: Kubectl,
  { needs, plan, report }: ApplyOptions,
  namespace: string,
): Promise<readonly string[]> {
  const stuck = await rollouts(kubectl, needs, namespace, report);
  if (stuck.length > 0) return stuck;
  const restarted = await restarts(kubectl, namespace);
  const connections = connectionsOf(plan);
  const wrong = await tryConnections(kubectl, namespace, connections);
  report(
    `${connections.length} connections tried, ${connections.filter(({ allowed }) => allowed).length} of them declared`,
  );
  return [...restarted, ...wrong];
}

async function rollouts(
  kubectl: Kubectl,
  { objects }: Needs,
  namespace: string,
  report: Progress,
): Promise<readonly string[]> {
  const workloads = objects.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  const outcomes = await Promise.all(
    workloads.map(async ({ kind, name }) => {
      const workload = `${kind.toLowerCase()}/${name}`;
      const rollout = ['rollout', 'status', workload, `--timeout=${ROLLOUT_WITHIN}`];
      const { code, stdout, stderr } = await kubectl.try(['--namespace', namespace, ...rollout]);
      if (code !== 0) return [`${workload} does not become ready: ${(stderr || stdout).trim().split('\n').at(-1)}`];
      report(`${workload} is rolled out`);
      return [];
    }),
  );
  return outcomes.flat();
}

/** A probe that fails now and then shows as a restart. */
async function restarts(kubectl: Kubectl, namespace: string): Promise<readonly string[]> {
  const pods = await kubectl.list('pods', '--namespace', namespace);
  return pods.flatMap((pod) => {
    const counts = pod.at('status', 'containerStatuses').items.map((one) => one.at('restartCount').number ?? 0);
    const count = counts.reduce((sum, restarts) => sum + restarts, 0);
    return when(count > 0, `pod ${pod.name} was restarted ${count} times`);
  });
}

/** The environments by name, or all. Fails for a name that is none. */
export function chooseEnvironments(all: readonly Environment[], names: readonly string[]): readonly Environment[] {
  const unknown = names.filter((name) => all.every((environment) => environment.name !== name));
  if (unknown.length > 0)
    throw new Error(`no environment ${unknown.join(', ')}: give some of ${all.map(({ name }) => name).join(', ')}`);
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** Kinds whose objects must be unique in the whole cluster under a name of their own. */
const RENAMED = new Set(['Namespace', 'PriorityClass', 'ClusterRole', 'ClusterRoleBinding']);

export interface TrialOptions {
  /** What the names of an environment begin with: `quotes-dev`. */
  readonly name: string;
  /** Put before them: `trial-quotes-dev`. */
  readonly prefix: string;
}

/**
 * A copy of an environment that can live beside the real one: its namespaces and cluster-wide names carry a prefix,
 * and what only one may have (a node port, a host) is given up.
 */
export function trialOf(objects: readonly Resource[], { name, prefix }: TrialOptions): string {
  const documents = objects
    .filter(({ kind }) => kind !== 'Ingress')
    .map((object) => dump(withoutNodePort(object.root.value), { noRefs: true, lineWidth: -1 }));
  return documents.map((text) => `---\n${text.replaceAll(name, `${prefix}-${name}`)}`).join('');
}

/** What a trial leaves in the cluster, as `kubectl delete` takes it: `namespace/trial-quotes-dev`. */
export function traces(objects: readonly Resource[], { name, prefix }: TrialOptions): readonly string[] {
  return objects
    .filter(({ kind }) => RENAMED.has(kind))
    .map((object) => `${object.kind.toLowerCase()}/${object.name.replaceAll(name, `${prefix}-${name}`)}`);
}

/**
 * The objects as one manifest for a dry run. A namespace that does not exist yet cannot take a dry run:
 * its objects are tried in `default` instead.
 */
export function dryRunManifest(objects: readonly Resource[], existing: ReadonlySet<string>): string {
  return objects
    .map((object) => `---\n${dump(inExisting(object, existing), { noRefs: true, lineWidth: -1 })}`)
    .join('');
}

function inExisting(object: Resource, existing: ReadonlySet<string>): unknown {
  const { value } = object.root;
  if (!isRecord(value) || object.namespace === '' || existing.has(object.namespace)) return value;
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
  return { ...value, metadata: { ...metadata, namespace: 'default' } };
}

function withoutNodePort(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'nodePort' ? undefined : inner)));
}
