import type { Environment } from '../../charts/environments/environment.ts';
import { type ConfigFiles, sentinelFiles, serverFiles } from '../../charts/redis/config.ts';

/** The data of a ConfigMap. */
export function renderedFiles(environment: Environment, name: string): ConfigFiles {
  if (environment.redis.kind === 'external') throw new Error('nothing is rendered for an external Redis');
  return name === 'redis' ? serverFiles(environment, environment.redis) : sentinelFiles(environment.redis);
}
