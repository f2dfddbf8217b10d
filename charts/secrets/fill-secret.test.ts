import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';

/** Runs the script with a kubectl that writes down what it is given. */
function fill(input: string, ...args: string[]) {
  const folder = temporaryFolder();
  const [asked, given] = [join(folder, 'arguments'), join(folder, 'input')];
  const kubectl = `#!/bin/sh\nprintf '%s\\n' "$@" >'${asked}'\ncat /dev/stdin >'${given}'\n`;
  writeFileSync(join(folder, 'kubectl'), kubectl, { mode: 0o755 });
  const { status, stderr } = spawnSync('sh', [join(import.meta.dirname, 'fill-secret.sh'), ...args], {
    input,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` },
  });
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : null);
  return { status, stderr, arguments: read(asked)?.trim().split('\n') ?? null, input: read(given) };
}

describe('a secret filled by hand', () => {
  it('gets its values through a pipe, and none on the command line', () => {
    const filled = fill('one\ntwo words = $HOME #2\n', 'quotes-test', 'redis', 'user', 'redis-password');
    expect(filled.arguments).toEqual([
      ...['-n', 'quotes-test', 'create', 'secret', 'generic', 'redis', '--from-env-file=/dev/stdin'],
    ]);
    expect(filled.input).toBe('user=one\nredis-password=two words = $HOME #2\n');
    expect(filled.status).toBe(0);
  });

  it('takes a last value that no line end follows', () => {
    expect(fill('one', 'quotes-test', 'redis', 'user').input).toBe('user=one\n');
  });

  it.each(['one\n', 'one\n\n', ''])('is not made at all where a value is missing: %j', (input) => {
    const { status, stderr, arguments: asked } = fill(input, 'quotes-test', 'redis', 'user', 'redis-password');
    expect(asked).toBeNull();
    expect(stderr).toMatch(/no value for (?:user|redis-password); nothing was made/);
    expect(status).toBe(1);
  });

  it('is not made of a value that goes over two lines, of which one would be lost', () => {
    const { status, stderr, arguments: asked } = fill('one\ntwo\n', 'quotes-test', 'redis', 'user');
    expect(asked).toBeNull();
    expect(stderr).toContain('more lines than the keys user: a value is one line');
    expect(status).toBe(1);
  });

  it('does not take the next pasted command for a value', () => {
    const {
      status,
      stderr,
      arguments: asked,
    } = fill('charts/secrets/fill-secret.sh a b c\n', 'quotes-test', 'redis', 'user');
    expect(asked).toBeNull();
    expect(stderr).toContain('paste one line at a time');
    expect(status).toBe(1);
  });

  it('says how it is called', () => {
    const { status, stderr } = fill('', 'quotes-test', 'redis');
    expect(stderr).toMatch(/^usage: .*fill-secret\.sh NAMESPACE NAME KEY/);
    expect(status).toBe(2);
  });
});
