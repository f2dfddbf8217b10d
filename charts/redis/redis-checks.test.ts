import { describe, expect, it } from 'vitest';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import { staging } from '../environments/staging.ts';
import type { Redis, RedisBackup } from '../plan/environment.ts';
import { redisProblems } from './demands.ts';

type Sentinel = Extract<Redis, { kind: 'sentinel' }>;
type External = Extract<Redis, { kind: 'external' }>;
const store = production.redis as Sentinel;
const VOLUME = { kind: 'volume', sizeGi: 50 } as const;
const MANAGED: External = {
  kind: 'external',
  target: { kind: 'url', url: 'rediss://redis.example.com:6380' },
  username: null,
  addresses: [{ cidr: '10.1.0.0/16', ports: [6380] }],
  waitReplicas: 0,
};

function changed(change: Partial<Sentinel>): string[] {
  return redisProblems({ ...production, redis: { ...store, ...change } });
}

function external(change: Partial<External>): string[] {
  return redisProblems({ ...production, redis: { ...MANAGED, ...change } });
}

function backedUp(change: Partial<RedisBackup>): string[] {
  const backup = { schedule: '17 * * * *', keep: { hourly: 48, daily: 14, monthly: 6 }, target: VOLUME, ...change };
  return changed({ persistence: { ...store.persistence, backup } });
}

describe('a store that cannot hold what it promises is told', () => {
  it('but none of the committed ones is', () => {
    expect([dev, staging, production].flatMap(redisProblems)).toEqual([]);
  });

  it('when a fork and the replication buffers do not fit beside the data', () => {
    const container = { ...store.container, maxMemoryMiB: 900 };
    const backup = null;
    expect(changed({ container, persistence: { ...store.persistence, backup } })).toEqual([
      'redis.container: 900Mi of data + 450Mi for a fork + 224Mi of replication buffers are 1574Mi, ' +
        'but the limit is 1280Mi and Redis would be killed; lower maxMemoryMiB or raise the limit',
    ]);
  });

  it('when the AOF outgrows its volume', () => {
    expect(changed({ persistence: { ...store.persistence, sizeGi: 1 } })).toEqual([
      'redis.persistence.sizeGi is 1, but the AOF of 512Mi of data may take 3072Mi while it is rewritten; give at least 3',
    ]);
  });

  it('when a restore does not fit beside the data', () => {
    const container = { ...store.container, maxMemoryMiB: 600 };
    expect(changed({ container })).toEqual([
      'redis.container: 600Mi of data + 600Mi for a restore + 224Mi of replication buffers are 1424Mi, ' +
        'but the limit is 1280Mi and Redis would be killed; lower maxMemoryMiB or raise the limit',
    ]);
    expect(changed({ container, persistence: { ...store.persistence, backup: null } })).toEqual([]);
  });

  it('when the snapshots that are kept, and the next one, outgrow their volume', () => {
    expect(backedUp({ keep: { hourly: 49, daily: 40, monthly: 10 } })).toEqual([]);
    expect(backedUp({ keep: { hourly: 50, daily: 40, monthly: 10 } })).toEqual([
      'redis.persistence.backup.target: 100 snapshots and the next one of 512Mi take up to 51712Mi, but sizeGi is 50; keep fewer or give at least 51',
    ]);
  });

  it('when the bucket of the backups is out of reach', () => {
    const addresses = [{ cidr: '203.0.113.0/24', ports: [443] }];
    const s3 = {
      kind: 's3',
      endpoint: 'https://s3.example.com',
      region: 'eu-1',
      bucket: 'backups',
      addresses,
    } as const;
    const where = 'redis.persistence.backup.target';
    expect(backedUp({ target: s3 })).toEqual([]);
    expect(backedUp({ target: { ...s3, endpoint: 'https://s3.example.com:9000' } })).toEqual([
      `${where}.endpoint: s3.example.com listens on port 9000, which ${where}.addresses does not let through; add its CIDR with that port`,
    ]);
    for (const endpoint of ['s3.example.com', 'https://s3.example.com/bucket']) {
      expect(backedUp({ target: { ...s3, endpoint } })).toEqual([
        `${where}.endpoint is '${endpoint}'; give https://host or https://host:port`,
      ]);
    }
  });
});

describe('a managed Redis that nobody could reach is told', () => {
  it('but not one whose port is let through', () => {
    expect(external({})).toEqual([]);
    expect(external({ target: { kind: 'cluster', nodes: ['redis-1.example.com:6380'] } })).toEqual([]);
  });

  it('when its port is in none of its addresses', () => {
    const expected = [
      'redis.target.url: redis.example.com listens on port 6380, which redis.addresses does not let through',
    ];
    for (const addresses of [[], [{ cidr: '10.1.0.0/16', ports: [6379] }]]) {
      expect(external({ addresses }).map((problem) => problem.split(';')[0])).toEqual(expected);
    }
  });

  it.each(['http://redis.example.com', 'redis.example.com:6380', ''])('when its address is %j', (url) => {
    expect(external({ target: { kind: 'url', url } })).toEqual([
      'redis.target.url is no address of a Redis; give redis://host:port or rediss://host:port',
    ]);
  });

  it('when its address brings a password into git, without repeating it', () => {
    expect(external({ target: { kind: 'url', url: 'rediss://app:hunter2@redis.example.com:6380' } })).toEqual([
      'redis.target.url holds a password, which would stand in git; put it into the secret',
    ]);
  });

  it('when no node, or one without a port, is named', () => {
    expect(external({ target: { kind: 'cluster', nodes: [] } })).toEqual([
      'redis.target.nodes is empty; give host:port of some nodes of the cluster',
    ]);
    expect(external({ target: { kind: 'cluster', nodes: ['redis-1.example.com'] } })).toEqual([
      "redis.target.nodes has 'redis-1.example.com'; give host:port",
    ]);
  });
});
