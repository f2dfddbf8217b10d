import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { readFolder, swapFolder } from './files.ts';

const OLD = new Map([
  ['a.yaml', 'old a'],
  ['addons/b.yaml', 'old b'],
]);
const NEW = new Map([
  ['a.yaml', 'new a'],
  ['c.yaml', 'new c'],
]);

describe('swapping a folder', () => {
  let root: string;
  let dist: string;

  beforeEach(() => {
    root = temporaryFolder();
    dist = join(root, 'dist');
    swapFolder(dist, OLD);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  it('makes the folder, and the folders above it, where there are none', () => {
    swapFolder(join(root, 'deep/er/dist'), NEW);
    expect(readFolder(join(root, 'deep/er/dist'))).toEqual(NEW);
  });

  it('leaves only the new files', () => {
    swapFolder(dist, NEW);
    expect(readFolder(dist)).toEqual(NEW);
  });

  it('leaves nothing beside the folder', () => {
    swapFolder(dist, NEW);
    expect(fs.readdirSync(root)).toEqual(['dist']);
  });

  it('makes a folder that others may read, as mkdir does', () => {
    fs.mkdirSync(join(root, 'plain'));
    expect(fs.statSync(dist).mode).toBe(fs.statSync(join(root, 'plain')).mode);
  });

  it.each([1, 2])('keeps the old files when the %i. file cannot be written', (failing) => {
    const write = fs.writeFileSync;
    let calls = 0;
    vi.spyOn(fs, 'writeFileSync').mockImplementation((...args) => {
      calls += 1;
      if (calls === failing) throw new Error('no space left on device');
      write(...args);
    });
    syncBuiltinESMExports();
    expect(() => swapFolder(dist, NEW)).toThrow('no space left on device');
    expect(readFolder(dist)).toEqual(OLD);
    expect(fs.readdirSync(root)).toEqual(['dist']);
  });

  it('names the folder that cannot be replaced, why, and what to do', () => {
    failRenames((call) => call === 1);
    expect(() => swapFolder(dist, NEW)).toThrow(
      `the output cannot be written:\n  - ${dist} (rename refused); check its permissions and the free space of its disk`,
    );
  });

  it('names the folder above it that cannot be made', () => {
    const above = join(dist, 'a.yaml');
    expect(() => swapFolder(join(above, 'dist'), NEW)).toThrow(`the output cannot be written:\n  - ${above} (`);
  });

  it.each([1, 2])('keeps the old files when the %i. rename fails', (failing) => {
    failRenames((call) => call === failing);
    expect(() => swapFolder(dist, NEW)).toThrow('rename refused');
    expect(readFolder(dist)).toEqual(OLD);
    expect(fs.readdirSync(root)).toEqual(['dist']);
  });

  it('writes the new files all the same when the old ones cannot be deleted, and says where they are', () => {
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    vi.spyOn(fs, 'rmSync').mockImplementation(() => {
      throw new Error('deletion refused');
    });
    syncBuiltinESMExports();
    swapFolder(dist, NEW);
    expect(readFolder(dist)).toEqual(NEW);
    expect(String(warnings.mock.calls[0]?.[0])).toMatch(/dist\.swap-\S+ \(deletion refused\); .*delete it by hand/);
  });

  it('deletes nothing, and says where the old files are, when they cannot be put back either', () => {
    failRenames((call) => call > 1);
    let message = '';
    try {
      swapFolder(dist, NEW);
    } catch (error) {
      message = String(error);
    }
    const kept = /its content is in (\S+);/.exec(message)?.[1] ?? '';
    expect(readFolder(kept)).toEqual(OLD);
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
