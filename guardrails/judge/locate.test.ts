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
  const bin = join(cache, 'quotes-platform/judge/bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'judge-1.34'), '#!/bin/sh\n');
  expect(locateJudge('1.34', { XDG_CACHE_HOME: cache })).toBeUndefined();
  chmodSync(join(bin, 'judge-1.34'), 0o755);
  expect(locateJudge('1.34', { XDG_CACHE_HOME: cache })).toBe(join(bin, 'judge-1.34'));
  expect(locateJudge('1.32', { XDG_CACHE_HOME: cache })).toBeUndefined();
  expect(locateJudge('1.34', { XDG_CACHE_HOME: cache, GUARDRAILS_JUDGE: 'off' })).toBeUndefined();
});

it('does without on a laptop, and refuses to under CI', () => {
  const empty = { XDG_CACHE_HOME: temporaryFolder() };
  expect(judgeOfThisMachine(empty)).toEqual({ unasked: expect.stringContaining('npm run judge') });
  expect(() => judgeOfThisMachine({ ...empty, CI: 'true' })).toThrow('npm run judge');
  expect(judgeOfThisMachine({ ...empty, CI: 'true', GUARDRAILS_JUDGE: 'off' })).toEqual({});
});
