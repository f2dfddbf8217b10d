import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { run } from '../delivery/run.ts';
import { isRecord } from '../guardrails/field.ts';
import { requireProgram } from '../test/requires.ts';

const ROOT = join(import.meta.dirname, '..');
const shellcheck = requireProgram('shellcheck');
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0');

/** Warnings and worse. Variables that "are not assigned" come from the library of the Redis scripts, which is where the pod mounts it. */
const OPTIONS = ['--severity=warning', '--exclude=SC2154'];

/** Scripts by their name or their first line; what Redis pods run is sh. */
const scripts = tracked.filter((path) => /\.sh$|^\.(?:ci|githooks)\/[\w-]+$/.test(path));

/** The scripts in the steps of workflows, by where they stand. */
const steps = tracked
  .filter((path) => path.startsWith('.github/workflows/'))
  .flatMap((path) => runsOf(load(textOf(path))).map((text, index): [string, string] => [`${path}[${index}]`, text]));

function runsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(runsOf);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'run' && typeof inner === 'string' ? [inner] : runsOf(inner),
  );
}

describe.skipIf(shellcheck === undefined)('shellcheck', () => {
  it.each(scripts)('finds nothing in %s', async (path) => {
    const { stdout } = await run(shellcheck ?? '', [...OPTIONS, path], { cwd: ROOT });
    expect(stdout).toBe('');
  });

  it.each(steps)('finds nothing in %s', async (_at, text) => {
    const { stdout } = await run(shellcheck ?? '', ['--shell=bash', '-'], { cwd: ROOT, input: text });
    expect(stdout).toBe('');
  });
});
