import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IMAGES } from '../charts/images.ts';
import { ROOT } from '../root.ts';
import { lineOf, STORE_LINE } from './real-store.ts';

describe('the line of the store that the suites run', () => {
  it('is that of the image that ships, by exact version', () => {
    expect(IMAGES.redis).toMatch(/^docker\.io\/valkey\/valkey:\d+\.\d+\.\d+-alpine$/);
    expect(IMAGES.redis).toContain(`:${STORE_LINE}.`);
  });

  it('is read off what a program says of itself', () => {
    expect(lineOf('Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64')).toBe('8.1');
    expect(lineOf('valkey-cli 9.0.4')).toBe('9.0');
    expect(lineOf('nothing')).toBeUndefined();
  });

  it('is found by the installer in the same place', () => {
    const script = readFileSync(join(ROOT, '.ci/install-store'), 'utf8');
    const expression = /node --print "(.*)"\)/.exec(script)?.[1] ?? '';
    const line = execFileSync('node', ['--print', expression], { cwd: ROOT, encoding: 'utf8' });
    expect(line.trim()).toBe(STORE_LINE);
  });
});
