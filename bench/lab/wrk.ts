import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LOAD_CORE, pinned } from './cores.ts';

export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Lua that fills `request()`; without it, GET of the URL. */
  readonly script?: string;
}

/** What a closed loop at full speed measured. */
export interface FullLoad {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were not 2xx or 3xx, and connections that failed. */
  readonly errors: number;
}

/** Loads a URL with wrk, as fast as it answers, from a core that the server does not have. */
export async function wrk({ url, connections, seconds, script }: Load): Promise<FullLoad> {
  const folder = mkdtempSync(join(tmpdir(), 'wrk-'));
  try {
    const file = join(folder, 'request.lua');
    if (script !== undefined) writeFileSync(file, script);
    const [command, args] = pinned(LOAD_CORE, [
      'wrk',
      ...['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '--timeout', '30s'],
      ...(script === undefined ? [] : ['-s', file]),
      url,
    ]);
    const { stdout } = await promisify(execFile)(command, [...args]);
    return readReport(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads wrk's report. @throws where a figure is missing */
export function readReport(text: string): FullLoad {
  const figure = (pattern: RegExp): string => {
    const found = pattern.exec(text)?.[1];
    if (found === undefined) throw new Error(`wrk's report has no ${pattern.source}:\n${text}`);
    return found;
  };
  const socketErrors = [...text.matchAll(/(?:connect|read|write|timeout) (\d+)/g)].map(([, count]) => Number(count));
  return {
    requests: Number(figure(/(\d+) requests in/)),
    perSecond: Number(figure(/Requests\/sec:\s+([\d.]+)/)),
    p50Ms: milliseconds(figure(/50%\s+([\d.]+(?:us|ms|s|m))/)),
    p99Ms: milliseconds(figure(/99%\s+([\d.]+(?:us|ms|s|m))/)),
    errors:
      Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0) + socketErrors.reduce((sum, n) => sum + n, 0),
  };
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000 };

function milliseconds(text: string): number {
  const [, value, unit] = /^([\d.]+)(us|ms|s|m)$/.exec(text) ?? [];
  return Number(value) * (UNITS[unit ?? ''] ?? Number.NaN);
}
