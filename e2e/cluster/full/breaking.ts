import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../../test/eventually.ts';
import type { Cluster } from '../cluster.ts';
import { RUN } from '../machine.ts';
import { PRODUCTION, writersOf } from '../production.ts';
import type { Prometheus } from './prometheus.ts';

export interface Scene {
  readonly cluster: Cluster;
  readonly prometheus: Prometheus;
}

/** Something that breaks, and the alerts that have to fire because of it, each as `ServiceDown front`. */
export interface Fault {
  readonly name: string;
  /** Those that reach somebody. */
  readonly alerts: readonly string[];
  /** Those of which nobody is told, because one of the others says it already. @default - none */
  readonly hidden?: readonly string[];
  /** Those that may fire when it is over, because they look back. @default - none */
  readonly echoes?: readonly string[];
  /** Breaks it; resolves to what mends it. */
  readonly happens: (scene: Scene) => Promise<() => Promise<unknown>>;
}

/** An HPA leaves a workload without replicas alone, until somebody gives it some again. */
export function scaled(name: string, replicas: number, back: number, namespace = PRODUCTION): Fault['happens'] {
  return async ({ cluster }) => {
    const scale = (to: number) => cluster.kubectl('-n', namespace, 'scale', name, `--replicas=${to}`);
    await scale(replicas);
    return () => scale(back);
  };
}

/** Changes an object of production by a JSON patch, or removes a part of it where no value is given. */
export function patched(kind: string, name: string, path: string, value?: unknown): Fault['happens'] {
  return async ({ cluster }) => {
    const read = await cluster.kubectl('-n', PRODUCTION, 'get', kind, name, '-o', 'json');
    const found = path
      .slice(1)
      .split('/')
      .reduce<unknown>((inside, key) => Object(inside)[key], JSON.parse(read));
    const patch = (operation: object) =>
      cluster.kubectl('-n', PRODUCTION, 'patch', kind, name, '--type=json', '-p', JSON.stringify([operation]));
    await patch(value === undefined ? { op: 'remove', path } : { op: 'replace', path, value });
    // Not dist/ applied: that would mend other faults too.
    return () => patch({ op: value === undefined ? 'add' : 'replace', path, value: found });
  };
}

/** A command of an administrator in a server of the store. */
async function inStore({ cluster }: Scene, server: string, ...command: readonly string[]): Promise<string> {
  const script = 'REDISCLI_AUTH=$(cat /run/secrets/redis/redis-admin-password) valkey-cli --user admin "$@"';
  return await cluster.kubectl(
    '-n',
    PRODUCTION,
    'exec',
    server,
    '-c',
    'redis',
    '--',
    'sh',
    '-c',
    script,
    'sh',
    ...command,
  );
}

async function serversOf(scene: Scene, role: 'master' | 'slave'): Promise<string[]> {
  const found: string[] = [];
  for (const server of ['redis-0', 'redis-1', 'redis-2'])
    if ((await inStore(scene, server, 'role')).startsWith(role)) found.push(server);
  return found;
}

/** One of the two replicas: faults of a wave that each need one take different ones. */
async function replicaOf(scene: Scene, index: 0 | 1): Promise<string> {
  const replica = (await serversOf(scene, 'slave'))[index];
  if (replica === undefined) throw new Error(`the store has no replica ${index}`);
  return replica;
}

/** Clients that log in at a replica, where no service is, and say nothing. */
export function idleClients(count: number): Fault['happens'] {
  return async (scene) => {
    const password = '"$(cat /run/secrets/redis/redis-admin-password)"';
    const clients = `valkey-benchmark -h 127.0.0.1 --user admin -a ${password} -I -c ${count}`;
    const inServer = ['-n', PRODUCTION, 'exec', await replicaOf(scene, 0), '-c', 'redis', '--', 'sh', '-c'];
    await scene.cluster.kubectl(...inServer, `nohup ${clients} >/dev/null 2>&1 &`);
    return () => scene.cluster.try(...inServer, 'pkill valkey-benchmar');
  };
}

/** A key with which a backup says how it ended. */
export function reported(key: string, value: (found: number) => number): Fault['happens'] {
  return async (scene) => {
    const [primary = ''] = await serversOf(scene, 'master');
    // As many as a whole backup has counted, or what only a test can have said.
    const whole = Math.max(1_000, Number(await inStore(scene, primary, 'get', key)));
    const set = (to: number) => inStore(scene, primary, 'set', key, String(to));
    await eventually(
      async () => {
        // Again each time: a backup that ends meanwhile reports its own figure.
        await set(whole);
        if ((await scene.prometheus.value(`redis_key_value{key="${key}"}`)) < whole)
          throw new Error(`${key} is not seen`);
      },
      { withinMs: 120_000, everyMs: 5_000 },
    );
    await set(value(whole));
    return () => set(whole);
  };
}

/** Ends the container of a pod again and again, each time when Prometheus has seen the last. */
export async function crash({ cluster, prometheus }: Scene, service: string): Promise<() => Promise<unknown>> {
  const found = ['get', 'pods', '-l', `app.kubernetes.io/name=${service}`, '-o', 'jsonpath={.items[0].metadata.name}'];
  const pod = await cluster.kubectl('-n', PRODUCTION, ...found);
  const read = ['get', 'pod', pod, '-o', 'jsonpath={.spec.nodeName} {.status.containerStatuses[0].containerID}'];
  for (let restarts = 1; restarts <= 3; restarts += 1) {
    const [name, id = ''] = (await cluster.kubectl('-n', PRODUCTION, ...read)).split(' ');
    const node = cluster.nodes.find((one) => one.name === name);
    await node?.ctr('task', 'kill', '--signal', 'SIGKILL', id.replace('containerd://', ''));
    const seen = `kube_pod_container_status_restarts_total{pod="${pod}"}`;
    await eventually(
      async () => {
        if ((await prometheus.value(seen)) < restarts) throw new Error(`${restarts} restarts of ${pod} are not seen`);
      },
      { withinMs: 240_000, everyMs: 2_000 },
    );
  }
  return () => cluster.kubectl('-n', PRODUCTION, 'delete', 'pod', pod);
}

/** A policy without one of its peers, and pods without connections of before: those go on. */
export function withoutPeer(service: string, path: string): Fault['happens'] {
  return async (scene) => {
    const mend = await patched('networkpolicy', `${service}-traffic`, path)(scene);
    const pods = ['pods', '-l', `app.kubernetes.io/name=${service}`, '--wait=false'];
    await scene.cluster.kubectl('-n', PRODUCTION, 'delete', ...pods);
    return mend;
  };
}

/** Where the volume of a claim is on this machine. */
export async function folderOf(cluster: Cluster, namespace: string, claim: string): Promise<string> {
  const read = ['-n', namespace, 'get', 'persistentvolumeclaim', claim, '-o', 'jsonpath={.spec.volumeName}'];
  return join(RUN, 'volumes', (await cluster.kubectl(...read)).replace('-', '/'));
}

/** The folder of a replica's volume lets nobody make a file. */
export async function noSnapshots(scene: Scene): Promise<() => Promise<unknown>> {
  const replica = await replicaOf(scene, 0);
  const folder = await folderOf(scene.cluster, PRODUCTION, `data-${replica}`);
  chmodSync(folder, 0o555);
  await inStore(scene, replica, 'bgsave');
  return async () => {
    chmodSync(folder, 0o777);
    await inStore(scene, replica, 'bgsave');
  };
}

export async function fullMemory(scene: Scene): Promise<() => Promise<unknown>> {
  const replica = await replicaOf(scene, 0);
  const used = Number(/^used_memory:(\d+)/m.exec(await inStore(scene, replica, 'info', 'memory'))?.[1]);
  const [, before = ''] = (await inStore(scene, replica, 'config', 'get', 'maxmemory')).trim().split('\n');
  await inStore(scene, replica, 'config', 'set', 'maxmemory', String(used));
  return () => inStore(scene, replica, 'config', 'set', 'maxmemory', before);
}

/** Writes go on meanwhile. */
export async function serverGone(scene: Scene): Promise<() => Promise<unknown>> {
  const writers = await writersOf(scene.cluster, 'alerts', 1);
  writers.start();
  const mend = await scaled('statefulset/redis', 2, 3)(scene);
  return () => Promise.all([mend(), writers.stop()]);
}

/** With nobody who would put it right. */
export async function secondPrimary(scene: Scene): Promise<() => Promise<unknown>> {
  const [[primary = ''], replica] = [await serversOf(scene, 'master'), await replicaOf(scene, 0)];
  const mend = await scaled('statefulset/redis-sentinel', 0, 3)(scene);
  await inStore(scene, replica, 'replicaof', 'no', 'one');
  return async () => {
    await inStore(scene, replica, 'replicaof', `${primary}.redis`, '6379');
    await mend();
  };
}
