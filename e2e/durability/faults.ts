import { createHash } from 'node:crypto';
import { SENTINEL_PRIMARY } from '../../charts/redis/shape.ts';
import { until } from '../redis/until.ts';
import type { Cluster } from './cluster.ts';
import { PARTITIONS, type Partition } from './partitions.ts';
import type { Pod } from './pod.ts';
import { ownPasswordKeys, rotatedKeys } from './workload.ts';

/** What stands still while a fault lasts. */
export interface Scene {
  readonly cluster: Cluster;
  readonly primary: Pod;
  readonly replicas: readonly Pod[];
}

/** One line of the matrix: a fault and its end. */
export interface Line {
  readonly name: string;
  /** Whether the short matrix has it. */
  readonly short: boolean;
  readonly fault: (scene: Scene) => Promise<void>;
}

/** Longer than it takes to elect another primary (about 8 s), so that both sides have acted. */
const PARTITION_SECONDS = 12;

/** The duration of the fault itself: the one wait that is no condition. */
function lasting(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
}

async function deleteTogether({ cluster }: Scene, pods: readonly Pod[]): Promise<void> {
  await Promise.all(
    pods.map(async (pod) => {
      await pod.delete();
      cluster.startAgain(pod);
    }),
  );
}

async function cutPower({ cluster }: Scene, pods: readonly Pod[]): Promise<void> {
  await Promise.all(pods.map((pod) => pod.container.kill()));
  await Promise.all(pods.map((pod) => pod.disk?.cutPower()));
  for (const pod of pods) cluster.startAgain(pod);
}

async function freeze({ primary }: Scene, seconds: number): Promise<void> {
  primary.container.signal('SIGSTOP');
  await lasting(seconds);
  primary.container.signal('SIGCONT');
}

/** The moment at which a replica has become primary, seen within milliseconds. */
async function promotion({ cluster, replicas }: Scene): Promise<void> {
  await until('a replica that is promoted', 40, async () => {
    const primaries = await cluster.primaries();
    return replicas.some((replica) => primaries.includes(replica));
  });
}

async function freezeUntilPromotion(scene: Scene): Promise<void> {
  scene.primary.container.signal('SIGSTOP');
  await promotion(scene);
  scene.primary.container.signal('SIGCONT');
}

async function failover({ cluster, replicas }: Scene): Promise<void> {
  const [sentinel] = cluster.sentinels;
  if (sentinel === undefined) throw new Error('no Sentinel');
  await cluster.at(sentinel, (redis) => redis.call('SENTINEL', 'FAILOVER', SENTINEL_PRIMARY));
  await promotion({ cluster, replicas, primary: sentinel });
}

async function partition(scene: Scene, { withPrimary }: Partition): Promise<void> {
  const { cluster, primary, replicas } = scene;
  const left = [
    primary,
    ...replicas.slice(0, withPrimary.replicas),
    ...cluster.sentinels.slice(0, withPrimary.sentinels),
    ...(withPrimary.application ? [cluster.app] : []),
  ];
  await cut(
    scene,
    left,
    cluster.pods.filter((pod) => !left.includes(pod)),
  );
}

async function cut({ cluster }: Scene, left: readonly Pod[], right: readonly Pod[]): Promise<void> {
  cluster.network.cut(left, right);
  await lasting(PARTITION_SECONDS);
  cluster.network.heal();
}

/** What was learnt on a connection must not be trusted: scripts and functions vanish while no replica can confirm. */
async function flushWhileCutOff(scene: Scene): Promise<void> {
  const { cluster, primary, replicas } = scene;
  cluster.network.cut(replicas, [primary]);
  await cluster.at(primary, (redis) => redis.script('FLUSH'));
  await lasting(2);
  primary.container.signal('SIGSTOP');
  cluster.network.heal();
  await promotion(scene);
  primary.container.signal('SIGCONT');
}

async function flushScripts({ cluster, primary }: Scene): Promise<void> {
  await cluster.at(primary, async (redis) => {
    await redis.script('FLUSH');
    await redis.function('FLUSH');
  });
}

/** The three steps of docs/redis.md for one password. */
async function rotate(scene: Scene, key: string): Promise<void> {
  const { cluster } = scene;
  const old = cluster.secret(key);
  const next = `the next ${key} "second" $2 \\`;
  cluster.bring({ [`${key}-standby`]: next });
  await accepted(cluster, next, true);
  const taken = isOwn(key) ? cluster.app.container.says('logged in to Redis') : Promise.resolve();
  cluster.bring({ [key]: next, [`${key}-standby`]: old });
  await taken;
  // These log in with what they read at their start.
  if (/sentinel|replica/.test(key)) await rollingDelete(scene, [...cluster.sentinels, ...cluster.servers]);
  cluster.bring({ [`${key}-standby`]: undefined });
  await accepted(cluster, old, false);
}

const isOwn = (key: string) => ownPasswordKeys().includes(key);

/** Waits for servers that accept a password, or that refuse it. */
async function accepted(cluster: Cluster, password: string, wanted: boolean): Promise<void> {
  await until(`servers that ${wanted ? 'accept' : 'refuse'} a password`, 30, async () => {
    const lists = cluster.servers.map((pod) => cluster.at(pod, (redis) => redis.acl('LIST')).catch(() => undefined));
    const hash = createHash('sha256').update(password).digest('hex');
    return (await Promise.all(lists)).every((list) => list !== undefined && String(list).includes(hash) === wanted);
  });
}

async function rollingDelete(scene: Scene, pods: readonly Pod[]): Promise<void> {
  for (const pod of pods) {
    await deleteTogether(scene, [pod]);
    await until(`${pod.pod} ready again`, 60, () => pod.ready());
  }
}

async function crashEach({ cluster }: Scene): Promise<void> {
  for (const pod of cluster.servers) {
    await pod.container.crash();
    await until(`${pod.pod} ready again`, 60, () => pod.ready());
  }
}

async function stall({ primary }: Scene): Promise<void> {
  await primary.disk?.freeze();
  await lasting(6).finally(() => primary.disk?.thaw());
}

async function fillDisk(pod: Pod | undefined): Promise<void> {
  await pod?.disk?.fill();
  await lasting(4);
  pod?.disk?.free();
}

const line = (name: string, fault: Line['fault'], length?: 'short'): Line => ({
  name,
  fault,
  short: length === 'short',
});

export const LINES: readonly Line[] = [
  line('all servers deleted together', (scene) => deleteTogether(scene, scene.cluster.servers), 'short'),
  line('servers and Sentinels deleted together', (scene) =>
    deleteTogether(scene, [...scene.cluster.servers, ...scene.cluster.sentinels]),
  ),
  line('servers deleted one after the other', (scene) => rollingDelete(scene, scene.cluster.servers)),
  line('SIGKILL of the primary', ({ primary }) => primary.container.crash()),
  line('SIGKILL of each server, one after the other', crashEach),
  line('SIGKILL of all servers', async ({ cluster }) => {
    await Promise.all(cluster.servers.map((pod) => pod.container.crash()));
  }),
  line('power cut of the primary', (scene) => cutPower(scene, [scene.primary])),
  line('power cut of a replica', (scene) => cutPower(scene, scene.replicas.slice(0, 1))),
  line('power cut of all servers', (scene) => cutPower(scene, scene.cluster.servers), 'short'),
  line('SENTINEL FAILOVER', failover, 'short'),
  line('primary frozen for 2 s', (scene) => freeze(scene, 2)),
  line('primary frozen for 6 s', (scene) => freeze(scene, 6)),
  line('primary frozen for 12 s', (scene) => freeze(scene, 12)),
  line('primary frozen until a replica is promoted', freezeUntilPromotion, 'short'),
  line('disk of the primary stalls for 6 s', stall),
  line('disk of the primary full', ({ primary }) => fillDisk(primary)),
  line('disk of a replica full', ({ replicas }) => fillDisk(replicas[0])),
  line('a replica cut off', (scene) => {
    const [replica, ...others] = scene.replicas;
    if (replica === undefined) throw new Error('no replica');
    return cut(scene, [replica], [scene.primary, ...others, ...scene.cluster.sentinels, scene.cluster.app]);
  }),
  line('Sentinels cut off from the primary', (scene) => cut(scene, [scene.primary], scene.cluster.sentinels)),
  line('Sentinels cut off from all servers', (scene) => cut(scene, scene.cluster.servers, scene.cluster.sentinels)),
  line('scripts flushed while the replicas are cut off', flushWhileCutOff, 'short'),
  line('SCRIPT FLUSH and FUNCTION FLUSH', flushScripts),
  ...PARTITIONS.map((side) => line(side.name, (scene) => partition(scene, side), side.short ? 'short' : undefined)),
  ...rotatedKeys().map((key) =>
    line(`rotation of ${key}`, (scene) => rotate(scene, key), isOwn(key) ? 'short' : undefined),
  ),
];
