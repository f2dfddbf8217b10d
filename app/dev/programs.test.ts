import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Programs } from './programs.ts';

const ROOT = join(import.meta.dirname, '../..');

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'programs-'));
  folder = join(root, '.data');
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
});
afterEach(() => rm(root, { recursive: true }));

it('makes a program that runs, with the assets beside it, and keeps it until a source changes', async () => {
  await cp(join(ROOT, 'app'), join(root, 'app'), { recursive: true });
  const programs = new Programs({ root, folder, store: 'private' });
  expect(await programs.begin()).toBe(true);
  const { status, stderr } = spawnSync(process.execPath, [...programs.args], { env: {}, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain('SERVICE: is missing');
  expect((await stat(join(folder, 'assets/style.css'))).isFile()).toBe(true);
  const builtAt = async () => (await stat(join(folder, 'main.mjs'))).mtimeMs;
  const first = await builtAt();
  await programs.begin();
  expect(await builtAt()).toBe(first);
  const now = new Date();
  await utimes(join(root, 'app/src/main.ts'), now, now);
  await programs.begin();
  expect(await builtAt()).toBeGreaterThan(first);
  await programs.close();
});

it('says that sources do not compile, and throws nothing', async () => {
  await mkdir(join(root, 'app/src'), { recursive: true });
  await writeFile(join(root, 'app/src/main.ts'), 'const = 1;');
  const programs = new Programs({ root, folder, store: 'given', quiet: true });
  expect(await programs.build()).toBe(false);
  await programs.close();
});

it('begins the emulation from its source, and runs a bundle of it once something has changed', async () => {
  await cp(join(ROOT, 'app'), join(root, 'app'), { recursive: true });
  const programs = new Programs({ root, folder, store: 'emulated' });
  expect(await programs.begin()).toBe(true);
  expect(programs.args.at(-1)).toBe(join(root, 'app/dev/emulated.ts'));
  expect(await programs.build()).toBe(true);
  expect(programs.args).toEqual([join(folder, 'emulated.mjs')]);
  const again = new Programs({ root, folder, store: 'emulated' });
  expect(await again.begin()).toBe(true);
  expect(again.args).toEqual(programs.args);
  await programs.close();
});
