import { execFile } from 'node:child_process';

export interface RunOptions {
  readonly cwd: string;
  /** Variables added to those of this process. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to the program's standard input. @default - nothing */
  readonly input?: string;
  /** @default - ten minutes */
  readonly timeoutMs?: number;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program and waits for its end; injected where a test plays the program. */
export type Run = (program: string, args: readonly string[], options: RunOptions) => Promise<Outcome>;

/** Exit code of a shell for a program that it cannot find. */
export const NOT_FOUND = 127;

/** Runs a program without a shell, so that no argument is ever interpreted. Never rejects: a missing program is an outcome too. */
export const run: Run = (program, args, options) =>
  new Promise((resolve) => {
    const settings = {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      timeout: options.timeoutMs ?? 600_000,
      maxBuffer: 256 * 1024 * 1024,
    };
    const child = execFile(program, [...args], settings, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
      else resolve({ code: NOT_FOUND, stdout, stderr: `${stderr}${error.message}` });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
  });
