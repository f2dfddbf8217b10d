import type Koa from 'koa';
import { Registry } from 'prom-client';
import { emulateRedis } from '../app/dev/emulated-redis.ts';
import { createHttpApp, type HttpAppProps } from '../app/src/http/http-app.ts';
import { RequestMetrics } from '../app/src/http/request-metrics.ts';
import type { RequestState } from '../app/src/http/route.ts';
import { readConfig } from '../app/src/runtime/config.ts';
import { openLogging } from '../app/src/runtime/logger.ts';
import { Secrets } from '../app/src/runtime/secrets.ts';

/** What answers the requests of a service, without the service: it logs nothing. */
export function httpApp(props: Partial<HttpAppProps>): Promise<Koa<RequestState>> {
  const env = {
    SERVICE: 'quotes',
    ENVIRONMENT: 'dev',
    REDIS_URL: 'redis://emulated',
    DEFAULT_SECRETS: 'true',
    LOG_LEVEL: 'error',
  };
  const config = readConfig(env);
  const { log } = openLogging(config, { write: () => {} });
  const registry = new Registry();
  const secrets = new Secrets({ env, defaultSecrets: true });
  const context = { config, log, registry, secrets, redisFactory: emulateRedis('http-app') };
  const metrics = new RequestMetrics(registry);
  return createHttpApp({
    context,
    metrics,
    accessLog: () => {},
    audit: [],
    routes: [],
    draining: () => false,
    ...props,
  });
}
