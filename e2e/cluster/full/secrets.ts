import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import type { Cluster } from '../cluster.ts';
import { PRODUCTION } from '../production.ts';

export type Values = Readonly<Record<string, string>>;

/** A kubelet brings a new value within ten seconds; then come the guard of each server and a loaded machine. */
const SOON = { withinMs: 120_000, everyMs: 1_000 };
const SERVERS = ['redis-0', 'redis-1', 'redis-2'];
/** Logs in with each pair of words: 1 where the server accepts it. */
const LOGIN =
  'while [ $# -gt 0 ]; do valkey-cli --no-auth-warning --user "$1" --pass "$2" ping | grep -c PONG; shift 2; done';

/** Secrets of production, changed as a person without a vault changes them, and what pods see of it. */
export class Rotation {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** A value that nothing has had before. */
  static next(): string {
    return randomBytes(24).toString('hex');
  }

  async value(secret: string, key: string): Promise<string> {
    const query = `jsonpath={.data.${key}}`;
    const found = await this.#cluster.kubectl('-n', PRODUCTION, 'get', 'secret', secret, '-o', query);
    return Buffer.from(found, 'base64').toString('utf8');
  }

  /** Sets keys of a Secret; null removes one. */
  async set(secret: string, values: Readonly<Record<string, string | null>>, namespace = PRODUCTION): Promise<void> {
    const encode = (value: string | null) => (value === null ? null : Buffer.from(value).toString('base64'));
    const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encode(value)]));
    await this.#cluster.kubectl(
      '-n',
      namespace,
      'patch',
      'secret',
      secret,
      '--type=merge',
      '-p',
      JSON.stringify({ data }),
    );
  }

  /**
   * The three steps of docs/how-to/redis.md, "Rotate a password", for passwords of one Secret together.
   * @param taken resolves when those who log in have the new ones
   */
  async ofStore(secret: string, keys: readonly string[], taken: (next: Values) => Promise<void>): Promise<void> {
    const old: Record<string, string> = {};
    for (const key of keys) old[key] = await this.value(secret, key);
    const next = Object.fromEntries(keys.map((key) => [key, Rotation.next()]));
    await this.set(secret, standby(next));
    await this.#accepted(next, true);
    await this.set(secret, { ...next, ...standby(old) });
    await taken(next);
    await this.set(secret, Object.fromEntries(Object.keys(standby(old)).map((key) => [key, null])));
    await this.#accepted(old, false);
    await this.#accepted(next, true);
  }

  /** Waits until every pod of a service reads that in a mounted file. */
  async mounted(service: string, file: string, value: string): Promise<void> {
    const list = ['get', 'pods', '-l', `app.kubernetes.io/name=${service}`, '-o', 'name'];
    // Listed each time: the autoscaler may take a pod away meanwhile.
    await eventually(async () => {
      const pods = (await this.#cluster.kubectl('-n', PRODUCTION, ...list)).split('\n').filter(Boolean);
      expect(pods.length).toBeGreaterThan(2);
      for (const pod of pods) {
        const read = ['exec', pod, '--', 'cat', `/run/secrets/app/${file}`];
        expect(await this.#cluster.kubectl('-n', PRODUCTION, ...read)).toBe(value);
      }
    }, SOON);
  }

  /** Waits until every server accepts these passwords, or refuses them. */
  async #accepted(passwords: Values, wanted: boolean): Promise<void> {
    const logins = Object.entries(passwords).flatMap(([key, password]) => [key.split('-')[1] ?? '', password]);
    for (const server of SERVERS) {
      const inServer = ['exec', server, '-c', 'redis', '--', 'sh', '-c', LOGIN, 'sh', ...logins];
      await eventually(async () => {
        const answers = (await this.#cluster.kubectl('-n', PRODUCTION, ...inServer)).trim().split('\n');
        expect(answers.map((answer) => answer === '1')).toEqual(Object.keys(passwords).map(() => wanted));
      }, SOON);
    }
  }
}

const standby = (values: Values) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${key}-standby`, value]));
