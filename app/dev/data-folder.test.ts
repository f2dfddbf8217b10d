import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolder } from './data-folder.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'data-folder-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

describe('the data folder of a laptop', () => {
  it('belongs to one running platform at a time', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const folder = new DataFolder(parent);
    writeFileSync(join(parent, 'runner.pid'), String(other.pid));
    expect(() => folder.acquire()).toThrow(`is in use by process ${other.pid}`);
    expect(() => folder.remove()).toThrow('is in use by process');
    other.kill('SIGKILL');
    await once(other, 'exit');
    folder.acquire();
    folder.release();
    expect(existsSync(join(parent, 'runner.pid'))).toBe(false);
  });

  it('is made when it is missing, and removed with its data', () => {
    const folder = new DataFolder(join(parent, 'new'));
    folder.acquire();
    writeFileSync(join(parent, 'new', 'appendonly.aof'), '');
    folder.remove();
    expect(existsSync(join(parent, 'new'))).toBe(false);
  });
});
