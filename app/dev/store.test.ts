import { describe, expect, it } from 'vitest';
import { chooseStore, describeStore } from './store.ts';

const installed = () => '/usr/bin/redis-server';
const missing = () => undefined;

describe('where the data lives', () => {
  it('is the Redis that somebody set, wherever a server is installed', () => {
    expect(chooseStore({ REDIS_URL: 'redis://mine' }, installed)).toEqual({ kind: 'given', url: 'redis://mine' });
  });

  it('is a private server where there is one, and else the emulation', () => {
    expect(chooseStore({ REDIS_URL: '' }, installed)).toEqual({ kind: 'private', program: '/usr/bin/redis-server' });
    expect(chooseStore({}, missing)).toEqual({ kind: 'emulated' });
  });

  it('is the emulation where that is asked for', () => {
    expect(chooseStore({ DEV_STORE: 'emulated', REDIS_URL: 'redis://mine' }, installed)).toEqual({ kind: 'emulated' });
  });

  it('is said in words', () => {
    expect(describeStore({ kind: 'given', url: 'redis://user:secret@host' }, '/data')).toBe('the Redis of REDIS_URL');
    expect(describeStore({ kind: 'private', program: '/usr/bin/redis-server' }, '/data')).toContain('stays in /data');
    expect(describeStore({ kind: 'emulated' }, '/data')).toContain('empty again after every restart');
  });
});
