import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { judgeOfThisMachine } from './judge.ts';
import { locateJudge, minorFor } from './locate.ts';

it.each([
  [undefined, '1.34'],
  ['1.36', '1.34'],
  ['1.34.2', '1.34'],
  ['1.33', '1.32'],
  ['1.28', '1.32'],
])('asks of Kubernetes %s the judge of %s', (version, minor) => {
  expect(minorFor(version)).toBe(minor);
});

it('finds the program that the build put into the cache', () => {
  const cache = temporaryFolder();
  const folder = join(cache, 'manifest-guardrails');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'judge-1.34'), '#!/bin/sh\n');
  expect(locateJudge('1.34', { XDG_CACHE_HOME: cache })).toBeUndefined();
  chmodSync(join(folder, 'judge-1.34'), 0o755);
  expect(locateJudge('1.34', { XDG_CACHE_HOME: cache })).toBe(join(folder, 'judge-1.34'));
  expect(locateJudge('1.32', { XDG_CACHE_HOME: cache })).toBeUndefined();
  expect(locateJudge('1.34', { XDG_CACHE_HOME: cache, GUARDRAILS_JUDGE: 'off' })).toBeUndefined();
  const unset = { XDG_CACHE_HOME: cache, GUARDRAILS_JUDGE: '' };
  expect(locateJudge('1.34', unset)).toBe(join(folder, 'judge-1.34'));
});

it('takes the newest where the older one is not built, and under CI asks to build it', () => {
  const cache = temporaryFolder();
  const newest = join(cache, 'manifest-guardrails/judge-1.34');
  mkdirSync(join(newest, '..'));
  writeFileSync(newest, '#!/bin/sh\n', { mode: 0o755 });
  expect(judgeOfThisMachine({ XDG_CACHE_HOME: cache }).judge?.program('1.32')).toBe(newest);
  const inCI = judgeOfThisMachine({ XDG_CACHE_HOME: cache, CI: 'true' });
  expect(inCI.judge?.program('1.34')).toBe(newest);
  expect(() => inCI.judge?.program('1.30')).toThrow('npm run judge -- --minor 1.32');
});

it('does without on a laptop, and refuses to under CI', () => {
  const empty = { XDG_CACHE_HOME: temporaryFolder() };
  expect(judgeOfThisMachine(empty)).toEqual({ unasked: expect.stringContaining('npm run judge') });
  expect(() => judgeOfThisMachine({ ...empty, CI: 'true' })).toThrow('npm run judge');
  expect(judgeOfThisMachine({ ...empty, CI: 'true', GUARDRAILS_JUDGE: 'off' })).toEqual({});
});
