import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { STORE_LIBRARY } from '../contract.ts';

/** The library that a cluster's servers load at their start. */
export const storeLibrary = () => readFileSync(join(import.meta.dirname, '../..', STORE_LIBRARY.file), 'utf8');

/** Loads it into a server that nobody else prepares: of a laptop, a test, a benchmark. */
export async function loadStoreFunctions(redis: Redis): Promise<void> {
  await redis.function('LOAD', 'REPLACE', storeLibrary());
}
