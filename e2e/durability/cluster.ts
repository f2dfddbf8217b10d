import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { PORTS, SECRET_FILES } from '../../app/contract.ts';
import { project } from '../../charts/project.ts';
import { ADMIN_KEY } from '../../charts/services/koa-service.ts';
import { bundleApp } from '../../test/service-process.ts';
import type { SecretData } from '../redis/projected-volume.ts';
import { until } from '../redis/until.ts';
import { Disk } from './disk.ts';
import { Network } from './network.ts';
import { appImage, type Image, Pod, type Programs, shellImage } from './pod.ts';
import { renderedManifests, Workload } from './workload.ts';

const GROUP = [0, 1, 2];
/** Pods of the service: two can stand on two sides. */
const APPS = [0, 1];
/** Pods that a fault runs. */
const JOBS = ['redis-backup', 'redis-restore'];

/** Production's store and its quotes service, as dist/ says, each pod in a network namespace of its own. */
export class Cluster {
  readonly network: Network;
  readonly servers: readonly Pod[];
  readonly sentinels: readonly Pod[];
  readonly apps: readonly Pod[];
  readonly folder: string;
  /** Of the store, and of restic. */
  readonly image: Image;
  readonly programs: Programs;
  #secrets: SecretData;

  private constructor(folder: string, programs: Programs, bundle: string) {
    const manifests = renderedManifests();
    const store = new Workload(manifests, 'StatefulSet', 'redis');
    const sentinel = new Workload(manifests, 'StatefulSet', 'redis-sentinel');
    const quotes = new Workload(manifests, 'Deployment', 'quotes');
    this.folder = folder;
    this.programs = programs;
    this.#secrets = {
      ...firstSecrets([store, sentinel, quotes]),
      'redis-backup': { 'restic-password': 'the password of the repository' },
    };
    this.network = new Network(folder);
    this.image = shellImage(folder, programs);
    const { network, image } = this;
    for (const job of JOBS) network.add(job);
    const member = (workload: Workload, base: string, ordinal: number) => {
      const name = `${base}-${ordinal}`;
      const disk = new Disk(folder, `${name}-data`, workload.user);
      return new Pod({ name, host: `${name}.${base}`, workload, network, folder, disk, image });
    };
    this.servers = GROUP.map((ordinal) => member(store, 'redis', ordinal));
    this.sentinels = GROUP.map((ordinal) => member(sentinel, 'redis-sentinel', ordinal));
    this.apps = APPS.map((ordinal) => {
      const name = `quotes-${ordinal}`;
      return new Pod({ name, host: name, workload: quotes, network, folder, image: appImage(bundle) });
    });
  }

  /** Starts everything and waits until a write is possible. */
  static async start(programs: Programs): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), 'durability-'));
    const cluster = new Cluster(folder, programs, await bundleApp());
    for (const pod of cluster.pods) pod.start(cluster.#secrets);
    return cluster;
  }

  get pods(): readonly Pod[] {
    return [...this.sentinels, ...this.servers, ...this.apps];
  }

  get urls(): string[] {
    return this.apps.map(({ address }) => `http://${address}:${PORTS.http}`);
  }

  get secrets(): SecretData {
    return this.#secrets;
  }

  get adminKey(): string {
    return this.secret(SECRET_FILES.adminKey);
  }

  /** The current value of a key of any Secret. */
  secret(key: string): string {
    const found = Object.values(this.#secrets).find((data) => key in data)?.[key];
    if (found === undefined) throw new Error(`no Secret has the key '${key}'`);
    return found;
  }

  /** The operator's new values, brought to every pod. */
  bring(change: Readonly<Record<string, string | undefined>>): void {
    const changed = Object.entries(this.#secrets).map(([secret, data]) => {
      const own = Object.entries(change).filter(([key]) => key.replace(/-standby$/, '') in data);
      const merged = Object.entries({ ...data, ...Object.fromEntries(own) });
      return [
        secret,
        Object.fromEntries(merged.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
      ];
    });
    this.#secrets = Object.fromEntries(changed);
    for (const pod of this.pods) pod.bring(this.#secrets);
  }

  /** The successor of a deleted pod. */
  startAgain(pod: Pod): void {
    pod.start(this.#secrets);
  }

  /** Runs commands at a server as the admin, or at a Sentinel. */
  async at<T>(pod: Pod, use: (redis: Redis) => Promise<T>): Promise<T> {
    const sentinel = this.sentinels.includes(pod);
    const user = sentinel ? 'sentinel' : 'admin';
    const redis = new Redis({
      host: pod.address,
      port: sentinel ? PORTS.sentinel : PORTS.redis,
      username: user,
      password: this.secret(`redis-${user}-password`),
      lazyConnect: true,
      enableReadyCheck: false,
      connectTimeout: 1_000,
      commandTimeout: 2_000,
      maxRetriesPerRequest: 0,
      retryStrategy: null,
    });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return await use(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** The servers that call themselves primary now. */
  async primaries(): Promise<Pod[]> {
    const roles = await Promise.all(
      this.servers.map((pod) =>
        this.at(pod, (redis) => redis.info('replication')).then(
          (text) => (text.includes('role:master') ? [pod] : []),
          () => [],
        ),
      ),
    );
    return roles.flat();
  }

  /** Waits for one primary that every Sentinel names, with two replicas that may succeed it, and for the service: all of it by the rendered probes. */
  async settled(seconds = 90): Promise<Pod> {
    let primary: Pod | undefined;
    await until('one primary and two replicas, ready', seconds, async () => {
      const primaries = await this.primaries();
      primary = primaries[0];
      if (primaries.length !== 1 || primary === undefined) return false;
      const { host } = primary;
      const views = await Promise.all(this.sentinels.map((sentinel) => this.#view(sentinel)));
      if (!views.every((view) => view.primary === host && view.replicas === 2)) return false;
      const ready = await Promise.all([
        ...[...this.servers, ...this.sentinels].map((pod) => pod.ready()),
        ...this.apps.map(appReady),
      ]);
      return ready.every(Boolean);
    });
    if (primary === undefined) throw new Error('no primary');
    return primary;
  }

  /** Whom a Sentinel names, and how many replicas it holds to be up and promotable. */
  async #view(sentinel: Pod): Promise<{ primary: string; replicas: number }> {
    try {
      return await this.at(sentinel, async (redis) => {
        const address = await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', project.name);
        const replicas = await redis.call('SENTINEL', 'REPLICAS', project.name);
        const fields = (Array.isArray(replicas) ? replicas : []).map(
          (entry: unknown[]) => (name: string) => entry[entry.indexOf(name) + 1],
        );
        const good = fields.filter((field) => field('flags') === 'slave' && field('slave-priority') !== '0');
        return { primary: Array.isArray(address) ? String(address[0]) : '', replicas: good.length };
      });
    } catch {
      return { primary: '', replicas: 0 };
    }
  }

  /** What the pods wrote, for the message of a failure. */
  logs(): string {
    const telling = (log: string) => log.split('\n').filter((line) => !line.startsWith('{"level":"info"'));
    return this.pods.map((pod) => `--- ${pod.pod}\n${telling(pod.container.log).slice(-40).join('\n')}`).join('\n');
  }

  async destroy(): Promise<void> {
    this.network.heal();
    await Promise.all(this.pods.map((pod) => pod.destroy()));
    for (const pod of this.pods) pod.disk?.release();
    this.network.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function appReady({ address }: Pod): Promise<boolean> {
  const answer = await fetch(`http://${address}:${PORTS.admin}/readyz`).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.status === 200;
}

/** A value for every key that must be there, with each character that a shell or a configuration file might trip over. */
function firstSecrets(workloads: readonly Workload[]): SecretData {
  const secrets: Record<string, Record<string, string>> = {};
  for (const { secret, key, optional } of workloads.flatMap((workload) => workload.secretKeys())) {
    if (optional) continue;
    secrets[secret] = {
      ...secrets[secret],
      [key]: key === ADMIN_KEY.name ? 'the-key-of-the-administrator' : `the "first" $1 \\${key}`,
    };
  }
  return secrets;
}
