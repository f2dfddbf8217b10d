import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { PORTS } from '../../app/contract.ts';
import { catalog } from '../../charts/catalog.ts';
import type { EnvironmentWithStore as Environment } from '../../charts/plan/environment.ts';
import { project } from '../../charts/project.ts';
import { type AclRole, internalRoles, serviceRoles } from '../../charts/redis/acl.ts';
import type { ConfigFiles } from '../../charts/redis/config.ts';
import { requiredReplicas, sentinelHosts, serverHosts } from '../../charts/redis/shape.ts';
import { Certificates } from '../../test/certificates.ts';
import { requireProgram } from '../../test/requires.ts';
import { Pod } from './pod.ts';
import { PodNetwork } from './pod-network.ts';
import { renderedFiles } from './rendered.ts';

/** The store of an environment as processes of this machine: every pod runs its script of the synthesized ConfigMap. */
export class RedisGroup {
  readonly folder = mkdtempSync(join(tmpdir(), 'redis-group-'));
  readonly secretsFolder = join(this.folder, 'secrets');
  readonly network: PodNetwork;
  readonly servers: readonly Pod[];
  readonly sentinels: readonly Pod[];
  /** What the pods show each other, where the environment has TLS inside. */
  readonly certificates: Certificates | undefined;
  private readonly environment: Environment;

  constructor(environment: Environment, nssWrapper: string) {
    const { redis } = environment;
    mkdirSync(this.secretsFolder);
    for (const role of rolesOf(environment)) this.writeSecret(role.passwordKey, firstPassword(role.user));
    this.network = new PodNetwork(this.folder, nssWrapper);
    this.environment = environment;
    const openssl = environment.internalTls && requireProgram('openssl');
    if (openssl !== undefined) {
      const names = [...serverHosts(redis), ...sentinelHosts(redis)].map((host) => `DNS:${host}`);
      const alternativeNames = ['DNS:localhost', 'IP:127.0.0.1', ...names].join();
      this.certificates = new Certificates(join(this.folder, 'certificates'), { openssl, alternativeNames });
    }
    this.servers = serverHosts(redis).map((host) => this.pod(host, 'redis', 'start-redis.sh'));
    this.sentinels = sentinelHosts(redis).map((host) => this.pod(host, 'redis-sentinel', 'start-sentinel.sh'));
  }

  /** A pod that mounts this ConfigMap. */
  pod(host: string, configMap: string, script: string): Pod {
    const files = this.filesOf(configMap);
    const folder = join(this.folder, host);
    const tlsFolder = this.certificates?.folderOf(configMap);
    const { secretsFolder, network } = this;
    return new Pod({ host, folder, files, script, secretsFolder, network, tlsFolder });
  }

  filesOf(configMap: string): ConfigFiles {
    return renderedFiles(this.environment, configMap);
  }

  /** Replicas that must have a write on their disk. */
  get replicas(): number {
    return requiredReplicas(this.environment.redis);
  }

  get pods(): readonly Pod[] {
    return [...this.sentinels, ...this.servers];
  }

  /** Puts a value in its place whole, as the kubelet does. */
  writeSecret(key: string, value: string): void {
    const coming = join(this.folder, `${key}.coming`);
    writeFileSync(coming, value);
    renameSync(coming, join(this.secretsFolder, key));
  }

  start(): void {
    for (const pod of this.pods) pod.start();
  }

  /** A connection to one server or Sentinel; without a user, as anybody. */
  client(pod: Pod, port: number, user?: string, password = firstPassword(user ?? '')): Redis {
    const redis = new Redis({
      host: pod.address ?? '127.0.0.1',
      port,
      ...(user === undefined ? {} : { username: user, password }),
      lazyConnect: true,
      enableReadyCheck: false,
      connectTimeout: 1_000,
      commandTimeout: 2_000,
      maxRetriesPerRequest: 0,
      retryStrategy: null,
      // Addresses of pods are in no certificate.
      ...(this.certificates && { tls: { ...this.certificates.client, checkServerIdentity: () => undefined } }),
    });
    redis.on('error', () => undefined);
    return redis;
  }

  /** Runs commands on a connection of their own; rejects where the server or the user does not allow it. */
  async with<T>(pod: Pod, port: number, user: string | undefined, use: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = this.client(pod, port, user);
    try {
      await redis.connect();
      return await use(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** One section of INFO as an object. */
  info(pod: Pod, section: string): Promise<Record<string, string>> {
    return this.with(pod, PORTS.redis, 'admin', async (redis) => parseInfo(await redis.info(section)));
  }

  /** The servers that call themselves primary now. */
  async primaries(): Promise<Pod[]> {
    const roles = await Promise.all(
      this.servers.map(async (pod) => {
        const role = await this.info(pod, 'replication').then(
          ({ role }) => role,
          () => undefined,
        );
        return role === 'master' ? [pod] : [];
      }),
    );
    return roles.flat();
  }

  /** The host that a Sentinel names; undefined where it does not answer. */
  async named(sentinel: Pod): Promise<string | undefined> {
    try {
      const answer = await this.with(sentinel, PORTS.sentinel, undefined, (redis) =>
        redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', project.name),
      );
      return Array.isArray(answer) ? String(answer[0]) : undefined;
    } catch {
      return undefined;
    }
  }

  /** How many replicas a Sentinel knows and holds to be up. */
  async knownReplicas(sentinel: Pod): Promise<number> {
    const answer = await this.with(sentinel, PORTS.sentinel, undefined, (redis) =>
      redis.call('SENTINEL', 'REPLICAS', project.name),
    );
    const replicas: unknown[] = Array.isArray(answer) ? answer : [];
    return replicas.filter((fields) => Array.isArray(fields) && fields[fields.indexOf('flags') + 1] === 'slave').length;
  }

  /** Which of the quotes a server does not have. */
  async missing(pod: Pod, ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const held = await this.with(pod, PORTS.redis, 'admin', (redis) => redis.hmget('{quotes}:data', ...ids));
    return ids.filter((_, index) => held[index] === null);
  }

  /** The logs of all pods, for the message of a failed test. */
  logs(): string {
    return this.pods.map((pod) => `--- ${pod.host}\n${pod.log}`).join('\n');
  }

  async destroy(): Promise<void> {
    await Promise.all(this.pods.map((pod) => pod.kill()));
    this.certificates?.authority.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Every user of the servers of an environment. */
export function rolesOf(environment: Environment): AclRole[] {
  return [...serviceRoles(catalog), ...internalRoles(environment)];
}

/** With every character that a shell or a configuration file might trip over. */
export function firstPassword(user: string): string {
  return `the ${user}'s "first" $1 \\password`;
}

function parseInfo(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}
