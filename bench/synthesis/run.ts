import { execFileSync } from 'node:child_process';
import { ROOT } from '../../root.ts';

/** What a program prints, run in the project's folder. */
export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
