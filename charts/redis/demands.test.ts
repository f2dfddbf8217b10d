import { describe, expect, it } from 'vitest';
import { serviceOf } from '../../test/platform.ts';
import { catalog } from '../catalog.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import { staging } from '../environments/staging.ts';
import { project } from '../project.ts';
import { backupSecret, redisSecrets } from './acl.ts';
import { redisDemands } from './demands.ts';
import { redisClientEnv } from './part.ts';

describe('redisDemands', () => {
  it('counts the volume of the backups once, and a disk for each Sentinel', () => {
    expect(redisDemands(staging).map(({ name, claimsGi }) => [name, claimsGi])).toEqual([
      ['redis', [5]],
      ['redis-backup', [10]],
      ['redis-restore', []],
    ]);
    expect(redisDemands(production).find(({ name }) => name === 'redis-sentinel')?.claimsGi).toEqual([1]);
  });

  it('counts servers with their exporter, Sentinels, and one pod of each job', () => {
    expect(redisDemands(production).map(({ name, peakPods }) => [name, peakPods])).toEqual([
      ['redis', 3],
      ['redis-sentinel', 3],
      ['redis-backup', 1],
      ['redis-restore', 1],
    ]);
    const [servers] = redisDemands(production);
    expect(servers?.requests).toEqual({ cpuMillis: 260, memoryMiB: 800, ephemeralMiB: 288 });
    expect(servers?.hosts).toBe('exclusive');
    expect(servers?.claimsGi).toEqual([10]);
  });

  it('asks for nothing but one small pod in dev', () => {
    expect(redisDemands(dev)).toEqual([
      expect.objectContaining({ name: 'redis', peakPods: 1, hosts: 'any', claimsGi: [] }),
    ]);
    expect(redisDemands(dev)[0]?.requests.ephemeralMiB).toBeNull();
  });
});

describe('redisClientEnv', () => {
  it('leads to the one server, and waits for no replica', () => {
    expect(redisClientEnv({ environment: staging, project }, serviceOf('users'))).toEqual({
      REDIS_URL: 'redis://redis:6379/0',
      REDIS_USERNAME: 'users',
      REDIS_WAIT_AOF_REPLICAS: '0',
      REDIS_READ_REPLICAS: '0',
    });
  });

  it('leads to every Sentinel by name, and waits for both replicas', () => {
    expect(redisClientEnv({ environment: production, project }, serviceOf('search'))).toEqual({
      REDIS_SENTINELS: [0, 1, 2].map((ordinal) => `redis-sentinel-${ordinal}.redis-sentinel:26379`).join(','),
      REDIS_SENTINEL_PRIMARY: project.name,
      REDIS_USERNAME: 'search',
      REDIS_WAIT_AOF_REPLICAS: '2',
      REDIS_READ_REPLICAS: '0',
    });
  });
});

describe('what an acknowledgement waits for', () => {
  it('is one replica where the environment chose the majority, and reads count while the other follows', () => {
    if (production.redis.kind !== 'sentinel') throw new Error('production has Sentinels');
    const majority = { ...production, redis: { ...production.redis, durability: 'majority' } } as const;
    expect(redisClientEnv({ environment: majority, project }, serviceOf('users'))).toMatchObject({
      REDIS_WAIT_AOF_REPLICAS: '1',
      REDIS_READ_REPLICAS: '1',
    });
  });

  it('is no disk where there is none', () => {
    expect(Object.keys(redisClientEnv({ environment: dev, project }, serviceOf('users')))).toEqual([
      'REDIS_URL',
      'REDIS_USERNAME',
    ]);
  });
});

describe('redisSecrets', () => {
  const required = (environment: typeof dev) =>
    redisSecrets(environment, catalog).map(({ name, keys }) => [
      name,
      keys.filter(({ optional }) => !optional).map(({ key }) => key),
    ]);

  it('asks for a password of every user that the environment has, and no other', () => {
    expect(required(dev)).toEqual([
      [
        'redis-client',
        ['redis-front-password', 'redis-users-password', 'redis-quotes-password', 'redis-search-password'],
      ],
      ['redis-internal', ['redis-admin-password']],
    ]);
    expect(required(production)).toEqual([
      [
        'redis-client',
        ['redis-front-password', 'redis-users-password', 'redis-quotes-password', 'redis-search-password'],
      ],
      [
        'redis-internal',
        [
          'redis-admin-password',
          'redis-replica-password',
          'redis-sentinel-password',
          'redis-exporter-password',
          'redis-backup-password',
        ],
      ],
      ['redis-backup', ['restic-password']],
    ]);
  });

  it('asks for the keys of the bucket where the backups go to one, and of no other', () => {
    const bucket = {
      kind: 's3',
      endpoint: 'https://s3.example.com',
      region: 'eu-1',
      bucket: 'b',
      addresses: [],
    } as const;
    const backup = { schedule: '17 * * * *', keep: { hourly: 1, daily: 1, monthly: 1 }, target: bucket };
    expect(backupSecret(backup).keys.map(({ key }) => key)).toEqual([
      'restic-password',
      's3-access-key',
      's3-secret-key',
    ]);
  });

  it('knows a standby beside each password of the servers, there only while it is rotated', () => {
    for (const { keys } of redisSecrets(production, catalog).filter(({ name }) => name !== 'redis-backup')) {
      const standbys = keys.filter(({ optional }) => optional === true).map(({ key }) => key);
      expect(standbys).toEqual(keys.filter(({ optional }) => !optional).map(({ key }) => `${key}-standby`));
    }
  });
});
