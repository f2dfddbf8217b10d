import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { isRecord } from '../../guardrails/field.ts';
import { eventually } from '../../test/eventually.ts';
import { program } from '../cluster/programs.ts';
import { type ApiServer, freePort, start } from './api-server.ts';
import { expand, type RandomPlatform } from './platforms.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Flags of an API server in which pods and nodes are made as they are given: no taint of a node that is not ready, no accounts. */
export const WITHOUT_CONTROLLERS = ['--disable-admission-plugins=TaintNodesByCondition,ServiceAccount'];

const AT_ONCE = 16;
/** How often a cluster has to look the same until a pod is given up that waits for a place which was cleared for it. */
const STUCK_AFTER = 40;
const record = (value: unknown): Fields => (isRecord(value) ? value : {});
const nameOf = (object: Fields): string => String(record(object['metadata'])['name']);

const PLURALS: Readonly<Record<string, string>> = {
  Node: '/api/v1/nodes',
  Namespace: '/api/v1/namespaces',
  PriorityClass: '/apis/scheduling.k8s.io/v1/priorityclasses',
  Pod: 'pods',
  Service: 'services',
  PodDisruptionBudget: 'poddisruptionbudgets',
  ReplicaSet: 'replicasets',
  StatefulSet: 'statefulsets',
};

function pathOf(object: Fields): string | undefined {
  const plural = PLURALS[String(object['kind'])];
  if (plural === undefined || plural.startsWith('/')) return plural;
  const version = String(object['apiVersion']);
  const root = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
  return `${root}/namespaces/${String(record(object['metadata'])['namespace'])}/${plural}`;
}

async function create(server: ApiServer, objects: readonly Fields[]): Promise<void> {
  const queue = [...objects];
  const work = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const { code, body } = await server.call('POST', pathOf(one) ?? '', one);
      if (code !== 201) throw new Error(`${JSON.stringify(one)}: ${JSON.stringify(body)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

function nodeObject({
  name,
  zone,
  cpu,
  memory,
  pods = '110',
  labels,
  taints,
}: RandomPlatform['nodes'][number]): Fields {
  const places = {
    'kubernetes.io/hostname': name,
    ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }),
  };
  const carries = { cpu, memory, pods, 'ephemeral-storage': '1Ti' };
  const metadata = { name, labels: { ...places, ...labels } };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata,
    spec: { taints: taints ?? [] },
    status: { capacity: carries, allocatable: carries },
  };
}

async function writeStatus(server: ApiServer, object: Fields, status: Fields): Promise<void> {
  const { metadata, apiVersion, kind } = object;
  const { name, namespace } = record(metadata);
  const path = `${pathOf(object)}/${String(name)}/status?fieldManager=controller&force=true`;
  const { code, body } = await server.call('PATCH', path, { apiVersion, kind, metadata: { name, namespace }, status });
  if (code !== 200) throw new Error(JSON.stringify(body));
}

/** What the controller of disruption budgets would write: how many of the pods that run can be spared. */
async function writeBudgets(server: ApiServer, { objects }: RandomPlatform): Promise<void> {
  const running = objects.filter(({ kind }) => kind === 'Pod');
  for (const budget of objects.filter(({ kind }) => kind === 'PodDisruptionBudget')) {
    const { minAvailable, maxUnavailable } = record(budget['spec']);
    const covered = running.filter((pod) => record(record(pod['metadata'])['labels'])['app'] === nameOf(budget)).length;
    const disruptionsAllowed =
      maxUnavailable === undefined ? Math.max(0, covered - Number(minAvailable)) : Number(maxUnavailable);
    const counts = { currentHealthy: covered, desiredHealthy: 0, expectedPods: covered };
    await writeStatus(server, budget, { disruptionsAllowed, ...counts });
  }
}

/** What their kubelets would write of pods that run: they started one after the other. Of equally important ones the youngest has to go. */
async function writeStarts(server: ApiServer, pods: readonly Fields[]): Promise<void> {
  const running = pods.filter((pod) => record(pod['spec'])['nodeName'] !== undefined);
  for (const [second, pod] of running.entries())
    await writeStatus(server, pod, { startTime: new Date(second * 1000).toISOString().replace('.000', '') });
}

/** Pods without a node, by workload and number: `w0-3`. */
export type Pending = readonly string[];

/**
 * Lets a real scheduler place platforms, all at once. It is started when everything stands, so that its queue is ordered
 * by priority alone. Pods that it evicts are made again, as their controllers would, until nothing is evicted.
 */
export async function schedule(
  server: ApiServer,
  platforms: readonly RandomPlatform[],
): Promise<ReadonlyMap<string, Pending>> {
  const made = platforms.map((platform) => ({ platform, ...expand(platform) }));
  const named = (object: Fields): boolean =>
    ['PriorityClass', 'Service', 'PodDisruptionBudget'].includes(String(object['kind']));
  await create(
    server,
    platforms.map(({ name }) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  );
  await create(
    server,
    made.flatMap(({ platform, owners }) => [
      ...platform.nodes.map(nodeObject),
      ...platform.objects.filter(named),
      ...owners,
    ]),
  );
  await create(
    server,
    made.flatMap(({ pods }) => pods),
  );
  for (const platform of platforms) await writeBudgets(server, platform);
  for (const { pods } of made) await writeStarts(server, pods);
  const scheduler = await startScheduler(server);
  try {
    for (;;) {
      const found = await eventually(() => scheduler.settled(), { withinMs: 120_000 });
      const present = new Set(found.map(({ key }) => key));
      const evicted = made.flatMap(({ platform, pods }) =>
        pods.filter((pod) => !present.has(`${platform.name}/${nameOf(pod)}`)).map(withoutNode),
      );
      if (evicted.length === 0) return pendingOf(platforms, found);
      for (const pod of evicted) await create(server, [pod]);
    }
  } finally {
    await scheduler.stop();
    await server.call('DELETE', '/api/v1/nodes');
    for (const { name } of platforms)
      await server.call('DELETE', `/api/v1/namespaces/${name}/pods?gracePeriodSeconds=0`);
  }
}

function withoutNode(pod: Fields): Fields {
  const { nodeName: _, ...spec } = record(pod['spec']);
  return { ...pod, spec };
}

interface Seen {
  readonly key: string;
  readonly placed: boolean;
  /** Others were evicted for it, and it has no node yet. */
  readonly stuck: boolean;
}

/** Without the platforms in which the scheduler lost an eviction: it tries such a pod again after five minutes. */
function pendingOf(platforms: readonly RandomPlatform[], found: readonly Seen[]): ReadonlyMap<string, Pending> {
  const lost = new Set(found.filter(({ stuck }) => stuck).map(({ key }) => key.split('/')[0]));
  const left = found.filter(({ placed }) => !placed).map(({ key }) => key.split('/'));
  return new Map(
    platforms
      .filter(({ name }) => !lost.has(name))
      .map(({ name }) => [name, left.flatMap(([space, pod = '']) => (space === name ? [pod] : []))]),
  );
}

interface Scheduler {
  /** The pods, once every one was decided on and nothing waits to be tried again. @throws Error before that */
  settled(): Promise<readonly Seen[]>;
  stop(): Promise<void>;
}

async function startScheduler(server: ApiServer): Promise<Scheduler> {
  const port = await freePort();
  const config = join(server.folder, 'scheduler.json');
  const settings = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    clientConnection: { kubeconfig: server.kubeconfig, qps: 5000, burst: 5000 },
    leaderElection: { leaderElect: false },
    podMaxBackoffSeconds: 1,
  };
  writeFileSync(config, JSON.stringify(settings));
  const child = start(server.folder, await program('kube-scheduler'), [
    ...[
      `--config=${config}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${join(server.folder, 'scheduler')}`,
    ],
    '--authorization-always-allow-paths=/metrics',
  ]);
  const agent = new Agent({ connect: { rejectUnauthorized: false } });
  let last = '';
  let seenAlike = 0;
  const settled = async (): Promise<readonly Seen[]> => {
    const answer = await request(`https://127.0.0.1:${port}/metrics`, { dispatcher: agent });
    const text = await answer.body.text();
    const waiting = [...text.matchAll(/^scheduler_pending_pods\{queue="(?:active|backoff)"\} (\d+)/gm)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
    const attempts = [...text.matchAll(/^scheduler_schedule_attempts_total\{.*$/gm)].join('\n');
    const pods = (await seen(server)).toSorted((one, other) => one.key.localeCompare(other.key));
    const now = JSON.stringify([attempts, pods]);
    seenAlike = now === last ? seenAlike + 1 : 0;
    last = now;
    const isSettled = pods.every(({ stuck }) => !stuck) ? seenAlike > 0 : seenAlike > STUCK_AFTER;
    if (waiting > 0 || attempts === '' || !isSettled || pods.some(({ decided }) => !decided))
      throw new Error(`${waiting} pods wait: ${attempts}`);
    return pods;
  };
  const stop = async (): Promise<void> => {
    await agent.destroy();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  return { settled, stop };
}

async function seen(server: ApiServer): Promise<readonly (Seen & { readonly decided: boolean })[]> {
  const { body } = await server.call('GET', '/api/v1/pods');
  const items = record(body)['items'];
  return (Array.isArray(items) ? items : []).map(record).map((pod) => {
    const metadata = record(pod['metadata']);
    const placed = record(pod['spec'])['nodeName'] !== undefined;
    const conditions = record(pod['status'])['conditions'];
    const refused = Array.isArray(conditions) && conditions.some((one) => record(one)['type'] === 'PodScheduled');
    const stuck = !placed && record(pod['status'])['nominatedNodeName'] !== undefined;
    return {
      key: `${String(metadata['namespace'])}/${String(metadata['name'])}`,
      placed,
      stuck,
      decided: placed || refused,
    };
  });
}
