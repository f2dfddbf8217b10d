import { expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import { freePort } from '../../../test/real-redis.ts';
import { readConfig } from '../runtime/config.ts';
import { openLogging } from '../runtime/logger.ts';
import { runService } from '../runtime/run-service.ts';
import { quotes } from '../services/quotes/quotes.ts';

it('tells once for each connection why Redis cannot be reached, however often it is tried', async () => {
  const env = {
    SERVICE: 'quotes',
    ENVIRONMENT: 'test',
    DEFAULT_SECRETS: 'true',
    REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
    HTTP_PORT: '0',
    ADMIN_PORT: '0',
    DRAIN_SECONDS: '0',
  };
  const config = readConfig(env);
  const lines: string[] = [];
  const logging = openLogging(config, { write: (line: string) => void lines.push(line) });
  const running = await runService({ module: quotes, config, env, logging });
  const reconnects = async () => {
    const metrics = await (await fetch(`http://127.0.0.1:${running.adminPort}/metrics`)).text();
    return Number(/^redis_client_reconnects_total\{.*\} (\d+)/m.exec(metrics)?.[1]);
  };
  await eventually(async () => expect(await reconnects()).toBeGreaterThan(5));
  await running.shutdown();
  const failures = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'Redis connection failed');
  expect(failures.map(({ role }) => role).sort()).toEqual(['reads', 'writes']);
  expect(failures.map(({ level }) => level)).toEqual(['warn', 'warn']);
  expect(failures[0].err.message).toContain('ECONNREFUSED');
  expect(lines.filter((line) => line.includes('Redis does not answer'))).toHaveLength(1);
});
