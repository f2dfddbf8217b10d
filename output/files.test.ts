import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { readFolder, writeFiles } from './files.ts';

const OLD = { 'a.yaml': 'old a', 'addons/b.yaml': 'old b' };
const NEW = { 'a.yaml': 'new a', 'addons/b.yaml': null, 'deep/er/c.yaml': 'new c' };

describe('writing files', () => {
  let root: string;
  const write = (files: Readonly<Record<string, string | null>>) =>
    writeFiles(new Map(Object.entries(files).map(([path, text]) => [join(root, path), text])));
  const standing = () => Object.fromEntries(readFolder(root));

  beforeEach(() => {
    root = temporaryFolder();
    write(OLD);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  it('replaces some, takes others away and makes the folders of new ones, and leaves nothing beside them', () => {
    write(NEW);
    expect(standing()).toEqual({ 'a.yaml': 'new a', 'deep/er/c.yaml': 'new c' });
  });

  it('leaves alone what holds its text already', () => {
    const before = fs.statSync(join(root, 'a.yaml')).ino;
    write({ ...NEW, 'a.yaml': 'old a' });
    expect(fs.statSync(join(root, 'a.yaml')).ino).toBe(before);
  });

  it.each([1, 2])('keeps the old files when the %i. one cannot be written', (failing) => {
    const writeFile = fs.writeFileSync;
    let calls = 0;
    vi.spyOn(fs, 'writeFileSync').mockImplementation((...args) => {
      calls += 1;
      if (calls === failing) throw new Error('no space left on device');
      writeFile(...args);
    });
    syncBuiltinESMExports();
    expect(() => write(NEW)).toThrow('no space left on device');
    expect(standing()).toEqual(OLD);
  });

  it('names the file that cannot be replaced, why, and what to do', () => {
    failRenames((call) => call === 1);
    expect(() => write(NEW)).toThrow(
      `the output cannot be written:\n  - ${join(root, 'a.yaml')} (rename refused); check its permissions and the free space of its disk`,
    );
  });

  it('names every file whose folder cannot be made, at once', () => {
    expect(() => write({ 'a.yaml/b': 'b', 'addons/b.yaml/c': 'c' })).toThrow(
      /cannot be written:\n {2}- .*a\.yaml\/b \(.*\n {2}- .*addons\/b\.yaml\/c \(/,
    );
    expect(standing()).toEqual(OLD);
  });

  it.each([1, 2, 3, 4])('keeps the old files when the %i. rename fails', (failing) => {
    failRenames((call) => call === failing);
    expect(() => write(NEW)).toThrow('rename refused');
    expect(standing()).toEqual(OLD);
  });

  it('writes the new files all the same when an old one cannot be deleted, and says where it is', () => {
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    vi.spyOn(fs, 'rmSync').mockImplementation(() => {
      throw new Error('deletion refused');
    });
    syncBuiltinESMExports();
    write(NEW);
    expect(standing()).toMatchObject({ 'a.yaml': 'new a', 'deep/er/c.yaml': 'new c' });
    expect(String(warnings.mock.calls[0]?.[0])).toMatch(/a\.yaml\.old \(deletion refused\); .*delete it by hand/);
  });

  it('deletes nothing, and says where the old file is, when it cannot be put back either', () => {
    failRenames((call) => call > 1);
    expect(() => write(NEW)).toThrow(
      `${join(root, 'a.yaml')} could not be put back: its content is in ${join(root, 'a.yaml.old')}; move it there by hand`,
    );
    expect(standing()).toEqual({ 'a.yaml.old': 'old a', 'addons/b.yaml': 'old b' });
  });
});

function failRenames(fails: (call: number) => boolean): void {
  const rename = fs.renameSync;
  let calls = 0;
  vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    calls += 1;
    if (fails(calls)) throw new Error('rename refused');
    rename(from, to);
  });
  syncBuiltinESMExports();
}

describe('reading a folder', () => {
  it('finds nothing where there is no folder', () => {
    expect(readFolder(join(temporaryFolder(), 'none'))).toEqual(new Map());
  });

  it('finds the files of every level by their path below it, sorted', () => {
    const folder = temporaryFolder();
    fs.mkdirSync(join(folder, 'addons'));
    fs.writeFileSync(join(folder, 'b.yaml'), 'b');
    fs.writeFileSync(join(folder, 'addons', 'a.yaml'), 'a');
    expect([...readFolder(folder)]).toEqual([
      ['addons/a.yaml', 'a'],
      ['b.yaml', 'b'],
    ]);
  });
});
