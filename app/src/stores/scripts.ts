import type { Result } from 'ioredis';
import type { CollectionKeys } from './keys.ts';
import { REVISION_LENGTH, REVISION_START } from './record.ts';
import type { RedisClient } from './redis-factory.ts';

/** Entries that the stream keeps, about: a follower that falls further behind reads everything again. */
export const STREAM_LENGTH = 10_000;

/**
 * Each write is one script: record, index, version and stream entry change together or not at all.
 * The stream comes first, for it is the only command here that can be refused (an entry id below the last one, no memory).
 * KEYS: data, ids, version, changes, secrets.
 */
const announce = (fields: string) => `
local version = string.format('%d', redis.call('INCR', KEYS[3]))
redis.call('XADD', KEYS[4], 'MAXLEN', '~', ${STREAM_LENGTH}, version, ${fields})`;

/** ARGV: id, json, time, secret or ''. Returns 1, or 0 where the id is taken. */
const CREATE = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 0 end
${announce("'op', 'put', 'id', ARGV[1], 'at', ARGV[3], 'json', ARGV[2]")}
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[5], ARGV[1], ARGV[4]) end
return 1`;

/** ARGV: id, json, time, expected revision. Returns 1, 0 where there is none, -1 where its revision is another. */
const REPLACE = `
local current = redis.call('HGET', KEYS[1], ARGV[1])
if not current then return 0 end
if string.sub(current, ${REVISION_START + 1}, ${REVISION_START + REVISION_LENGTH}) ~= ARGV[4] then return -1 end
${announce("'op', 'put', 'id', ARGV[1], 'at', ARGV[3], 'json', ARGV[2]")}
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`;

/** ARGV: id, time, expected revision or ''. Returns 1, 0 where there is none, -1 where its revision is another. */
const REMOVE = `
local current = redis.call('HGET', KEYS[1], ARGV[1])
if not current then return 0 end
if ARGV[3] ~= '' and string.sub(current, ${REVISION_START + 1}, ${REVISION_START + REVISION_LENGTH}) ~= ARGV[3] then return -1 end
${announce("'op', 'del', 'id', ARGV[1], 'at', ARGV[2]")}
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[5], ARGV[1])
return 1`;

type Keys = [data: string, ids: string, version: string, changes: string, secrets: string];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    createRecord(...args: [...Keys, id: string, json: string, at: number, secret: string]): Result<number, Context>;
    replaceRecord(...args: [...Keys, id: string, json: string, at: number, revision: string]): Result<number, Context>;
    removeRecord(...args: [...Keys, id: string, at: number, revision: string]): Result<number, Context>;
  }
}

/** Teaches a client the scripts; ioredis sends them by digest. */
export function defineScripts(client: RedisClient): void {
  client.defineCommand('createRecord', { numberOfKeys: 5, lua: CREATE });
  client.defineCommand('replaceRecord', { numberOfKeys: 5, lua: REPLACE });
  client.defineCommand('removeRecord', { numberOfKeys: 5, lua: REMOVE });
}

/** The keys in the order in which every script takes them. */
export function scriptKeys({ data, ids, version, changes, secrets }: CollectionKeys): Keys {
  return [data, ids, version, changes, secrets];
}
