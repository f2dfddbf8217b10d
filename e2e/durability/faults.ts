import { project } from '../../charts/project.ts';
import { until } from '../redis/until.ts';
import { backUpAndRestore } from './backup.ts';
import type { Pod } from './pod.ts';
import { blackOut, cutPowerOfAll, cutPowerWhileRewriting, fillDisk, stall } from './power.ts';
import { isOwn, rotate } from './rotation.ts';
import { deleteTogether, lasting, promotion, rollingDelete, type Scene } from './scene.ts';
import { rotatedKeys } from './workload.ts';

/** One line of the matrix: a fault and its end. */
export interface Line {
  readonly name: string;
  /** Whether the short matrix has it. */
  readonly short: boolean;
  /** Resolves when the fault is over. */
  readonly fault: (scene: Scene) => Promise<void>;
}

/** What one failed link leaves on the primary's side. */
interface Partition {
  readonly name: string;
  readonly withPrimary: Side;
  readonly short: boolean;
}

/** Pods beside the primary: 0 to 2 replicas, 0 to 3 Sentinels, 0 to 2 pods of the service. */
interface Side {
  readonly replicas: number;
  readonly sentinels: number;
  readonly apps: number;
}

/**
 * A single failed link splits a network in two only where it was the one way between the sides (a pod's own link, a node's, a
 * rack's, a zone's, whichever way the pods are placed), so any set of pods can be one of the sides. With the service as a whole
 * on one side these are 2^6 - 1 = 63 ways. Replicas are alike, and so are Sentinels: up to that, a way is told by what stays with
 * the primary: 3 x 4 x 2 = 24, without the one in which everything does: 23. Where the service stands on both sides, 12 more.
 */
const PARTITIONS: readonly Partition[] = [[2, 0], [1]].flatMap((choices) =>
  [0, 1, 2].flatMap((replicas) =>
    [0, 1, 2, 3].flatMap((sentinels) =>
      choices
        .map((apps) => ({ replicas, sentinels, apps }))
        .filter((side) => !(side.replicas === 2 && side.sentinels === 3 && side.apps === 2))
        .map((side) => ({ name: nameOf(side), withPrimary: side, short: isShort(side) })),
    ),
  ),
);

/** The one that lost most before acknowledgement by every replica: a pod of the service goes on with a primary that is deposed. */
function isShort({ replicas, sentinels, apps }: Side): boolean {
  return replicas === 1 && sentinels === 1 && apps === 1;
}

function nameOf({ replicas, sentinels, apps }: Side): string {
  const members = [
    'primary',
    ...(replicas > 0 ? [`${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`] : []),
    ...(sentinels > 0 ? [`${sentinels} ${sentinels === 1 ? 'Sentinel' : 'Sentinels'}`] : []),
    ...(apps > 0 ? [apps === 1 ? 'half of the application' : 'application'] : []),
  ];
  return `partition: ${members.join(' + ')} | the rest`;
}

/** Longer than it takes to elect another primary (about 8 s), so that both sides have acted. */
const PARTITION_SECONDS = 12;

async function freeze({ primary }: Scene, seconds: number): Promise<void> {
  primary.container.signal('SIGSTOP');
  await lasting(seconds);
  primary.container.signal('SIGCONT');
}

async function freezeUntilPromotion(scene: Scene): Promise<void> {
  scene.primary.container.signal('SIGSTOP');
  await promotion(scene);
  scene.primary.container.signal('SIGCONT');
}

async function failover({ cluster, replicas }: Scene): Promise<void> {
  const [sentinel] = cluster.sentinels;
  if (sentinel === undefined) throw new Error('no Sentinel');
  await cluster.at(sentinel, (redis) => redis.call('SENTINEL', 'FAILOVER', project.name));
  await promotion({ cluster, replicas });
}

async function partition(scene: Scene, { withPrimary }: Partition): Promise<void> {
  const { cluster, primary, replicas } = scene;
  const left = [
    primary,
    ...replicas.slice(0, withPrimary.replicas),
    ...cluster.sentinels.slice(0, withPrimary.sentinels),
    ...cluster.apps.slice(0, withPrimary.apps),
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
  await flushScripts(scene);
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

async function crashEach({ cluster }: Scene): Promise<void> {
  for (const pod of cluster.servers) {
    await pod.container.crash();
    await until(`${pod.pod} ready again`, 60, () => pod.ready());
  }
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
  line('power cut of the primary', (scene) => blackOut(scene, [scene.primary])),
  line('power cut of a replica', (scene) => blackOut(scene, scene.replicas.slice(0, 1))),
  line('power cut of all servers', (scene) => blackOut(scene, scene.cluster.servers)),
  line('power cut of all servers and the primary back last', cutPowerOfAll),
  line('power cut of all servers while a replica rewrites its file', cutPowerWhileRewriting, 'short'),
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
    return cut(scene, [replica], [scene.primary, ...others, ...scene.cluster.sentinels, ...scene.cluster.apps]);
  }),
  line('Sentinels cut off from the primary', (scene) => cut(scene, [scene.primary], scene.cluster.sentinels)),
  line('Sentinels cut off from all servers', (scene) => cut(scene, scene.cluster.servers, scene.cluster.sentinels)),
  line('scripts flushed while the replicas are cut off', flushWhileCutOff),
  line('SCRIPT FLUSH and FUNCTION FLUSH', flushScripts),
  line('a backup and its restore', backUpAndRestore),
  ...PARTITIONS.map((side) => line(side.name, (scene) => partition(scene, side), side.short ? 'short' : undefined)),
  ...rotatedKeys().map((key) =>
    line(`rotation of ${key}`, (scene) => rotate(scene, key), isOwn(key) ? 'short' : undefined),
  ),
];
