import { Redis } from 'ioredis';
import { page } from './pages.tsx';

const KEYS_LOOKED_AT = 5_000;
const KEYS_SHOWN = 20;

/** The command that counts what a key of a type holds. */
const COUNT: Readonly<Record<string, string>> = {
  hash: 'HLEN',
  list: 'LLEN',
  set: 'SCARD',
  stream: 'XLEN',
  string: 'STRLEN',
  zset: 'ZCARD',
};

export interface Key {
  readonly name: string;
  readonly type: string;
  /** Fields, members or entries; of a string, bytes. */
  readonly holds: number;
  readonly bytes: number;
  /** Undefined where it stays. */
  readonly secondsLeft: number | undefined;
}

/** The keys of one hash tag; the first of them are shown. */
export interface DataSet {
  readonly name: string;
  readonly keys: number;
  readonly shown: readonly Key[];
}

/** What the store holds, by the hash tag that keys carry: `{quotes}:...`; a sentence where it cannot be read. */
export async function readData(url: string | undefined): Promise<readonly DataSet[] | string> {
  if (url === undefined)
    return 'The emulated store lives inside the services; install valkey-server to look at its keys.';
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 1_000, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const sets = new Map<string, string[]>();
    for (const key of await keysOf(redis)) {
      const name = /^\{([^}]+)\}/.exec(key)?.[1] ?? 'without a data set';
      sets.set(name, [...(sets.get(name) ?? []), key]);
    }
    return await Promise.all(
      [...sets].sort().map(async ([name, keys]) => {
        const shown = keys.slice(0, KEYS_SHOWN);
        return { name, keys: keys.length, shown: await Promise.all(shown.map((key) => readKey(redis, key))) };
      }),
    );
  } catch (error) {
    return `The store does not answer: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    redis.disconnect();
  }
}

async function keysOf(redis: Redis): Promise<string[]> {
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 500);
    for (const key of keys) found.add(key);
    cursor = next;
  } while (cursor !== '0' && found.size < KEYS_LOOKED_AT);
  return [...found].sort();
}

async function readKey(redis: Redis, name: string): Promise<Key> {
  const type = await redis.type(name);
  const count = COUNT[type];
  const [holds, bytes, left] = await Promise.all([
    count === undefined ? 0 : redis.call(count, name),
    redis.memory('USAGE', name),
    redis.pttl(name),
  ]);
  const secondsLeft = left < 0 ? undefined : Math.ceil(left / 1_000);
  return { name, type, holds: Number(holds), bytes: Number(bytes ?? 0), secondsLeft };
}

export function dataPage(sets: readonly DataSet[] | string): string {
  if (typeof sets === 'string') return page('/data', <p class="soft">{sets}</p>);
  if (sets.length === 0) return page('/data', <p class="soft">The store is empty.</p>);
  return page(
    '/data',
    sets.map(({ name, keys, shown }) => (
      <section>
        <h2>{name}</h2>
        <p class="soft">
          {keys} {keys === 1 ? 'key' : 'keys'}
          {keys > shown.length && `, the first ${shown.length} of them here`}
        </p>
        <table class="keys">
          <tr>
            {['key', 'type', 'holds', 'memory', 'expires'].map((title) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
          {shown.map((key) => (
            <tr>
              <td>{key.name}</td>
              <td>{key.type}</td>
              <td>{key.type === 'string' ? `${key.holds} B` : key.holds}</td>
              <td>{key.bytes < 1_024 ? `${key.bytes} B` : `${(key.bytes / 1_024).toFixed(1)} KiB`}</td>
              <td>{key.secondsLeft === undefined ? 'never' : `in ${key.secondsLeft} s`}</td>
            </tr>
          ))}
        </table>
      </section>
    )),
  );
}
