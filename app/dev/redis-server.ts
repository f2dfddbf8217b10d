import { mkdirSync } from 'node:fs';
import type { ChildProps } from './child.ts';

export interface RedisServerProps {
  readonly program: string;
  readonly folder: string;
  readonly port: number;
}

/** A Redis for this laptop alone, as durable as the cluster's: every acknowledged write is on disk. */
export function redisServer({ program, folder, port }: RedisServerProps): ChildProps {
  mkdirSync(folder, { recursive: true });
  const options = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    loglevel: 'warning',
  };
  return {
    name: 'redis',
    command: program,
    args: Object.entries(options).flatMap(([key, value]) => [`--${key}`, value]),
  };
}
