import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { readFolder } from './read-folder.ts';

describe('reading a folder', () => {
  it('finds nothing where there is no folder', () => {
    expect(readFolder(join(temporaryFolder(), 'none'))).toEqual(new Map());
  });

  it('finds the files of every level by their path below it, sorted', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'addons'));
    writeFileSync(join(folder, 'b.yaml'), 'b');
    writeFileSync(join(folder, 'addons', 'a.yaml'), 'a');
    expect([...readFolder(folder)]).toEqual([
      ['addons/a.yaml', 'a'],
      ['b.yaml', 'b'],
    ]);
  });
});
