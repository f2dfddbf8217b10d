import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { readPipe } from './pipe.ts';

function pipe(): string {
  const path = join(temporaryFolder(), 'manifests');
  execFileSync('mkfifo', [path]);
  return path;
}

it.skipIf(process.platform === 'win32')('reads a named pipe to its end', async () => {
  const path = pipe();
  const writer = spawn('sh', ['-c', `for part in one two; do echo $part; done > ${path}`]);
  expect(readPipe(path).toString()).toBe('one\ntwo\n');
  await once(writer, 'exit');
});

it.skipIf(process.platform === 'win32')('gives up on a named pipe that nobody writes to', () => {
  expect(() => readPipe(pipe(), 40)).toThrow('a pipe, and nobody writes to it');
});
