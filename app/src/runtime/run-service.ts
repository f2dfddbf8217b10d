import { Counter, type Registry } from 'prom-client';
import { METRICS } from '../../contract.ts';
import { auditTrail, createAccessLog, refusals } from '../http/access-log.ts';
import { adminRoutes, keptTrail } from '../http/admin-routes.ts';
import { commonRoutes } from '../http/common-routes.ts';
import { createHttpApp } from '../http/http-app.ts';
import { RequestMetrics } from '../http/request-metrics.ts';
import type { Route } from '../http/route.ts';
import { openRedis, type RedisFactory } from '../stores/redis-factory.ts';
import { MIN_ADMIN_KEY } from './admin-keys.ts';
import { adminHandler } from './admin-server.ts';
import { type Config, ConfigError, type Environment } from './config.ts';
import { Listener } from './listener.ts';
import type { LogSink } from './log-sink.ts';
import { type Logger, type Logging, openLogging } from './logger.ts';
import { createRegistry } from './metrics.ts';
import { notReady } from './readiness.ts';
import { Secrets, type SecretValues, secretProblems, shortKeys } from './secrets.ts';
import type { Service, ServiceContext, ServiceModule } from './service.ts';
import { collectOnceReady } from './start-garbage.ts';
import { TlsFiles } from './tls-files.ts';
import { openTracing, type Tracing } from './tracing.ts';

export interface RunServiceProps {
  readonly module: ServiceModule;
  readonly config: Config;
  /** Where the secrets come from. */
  readonly env: Environment;
  /** @default - stdout */
  readonly logging?: Logging;
  /** @default - real connections */
  readonly redisFactory?: RedisFactory;
}

export interface RunningService {
  readonly httpPort: number;
  readonly adminPort: number;
  readonly logging: Logging;
  /** Drains and closes in the design's order; a second call returns the same promise. */
  shutdown(): Promise<void>;
}

/** Starts one service: both ports listen when it resolves, and /readyz tells when it wants traffic. */
export async function runService(props: RunServiceProps): Promise<RunningService> {
  const { module, config } = props;
  const logging = props.logging ?? openLogging(config);
  const context = createContext(props, logging);
  const metrics = new RequestMetrics(context.registry);
  const service = module.start(context);
  const phase = { draining: false };
  const readiness = () => (phase.draining ? notReady('shutting down') : service.readiness());
  const tracing = await openTracing(config, logging.log);
  const accessLog = createAccessLog(logging.log, logging.sink, service.pathsArePersonal);
  const app = await createHttpApp({
    ...service,
    context,
    metrics,
    accessLog,
    audit: auditOf(service, logging),
    routes: routesOf(props, service, context),
    draining: () => phase.draining,
    ...(tracing && { tracing }),
  });
  const http = new Listener({
    handle: app.callback(),
    onRefused: refusals(metrics, accessLog),
    onCut: (reason) => metrics.cut(reason),
    tls: context.tls,
  });
  metrics.connections = () => http.connections;
  const admin = new Listener({
    handle: adminHandler({ registry: context.registry, readiness: collectOnceReady(readiness) }),
  });
  const [httpPort, adminPort] = await Promise.all([
    http.listen(config.httpPort, config.listenHost),
    admin.listen(config.adminPort, config.listenHost),
  ]);
  context.secrets.watch();
  context.tls?.watch();
  logging.log.info({ httpPort, adminPort }, 'listening');
  let ending: Promise<void> | undefined;
  const shutdown = () => (ending ??= drain({ context, phase, http, admin, service, tracing }));
  return { httpPort, adminPort, logging, shutdown };
}

function auditOf({ trail, pathsArePersonal }: Service, { log, sink }: Logging) {
  const kept = trail === undefined ? [] : [keptTrail(trail, pathsArePersonal)];
  return [auditTrail(log, sink, pathsArePersonal), ...kept];
}

/** The service's own endpoints, those of its admin keys, and those that every service has. */
function routesOf({ module, config }: RunServiceProps, service: Service, context: ServiceContext): Route[] {
  const own = [...service.routes, ...adminRoutes({ ...context, routes: service.routes, trail: service.trail })];
  return [...own, ...commonRoutes({ config, message: module.message, routes: own, readiness: service.readiness })];
}

function createContext(
  { config, env, redisFactory = openRedis }: RunServiceProps,
  { log, sink }: Logging,
): ServiceContext {
  const onError = (err: Error) => log.error({ err }, 'secret files cannot be used; the last good values stay in use');
  const problemsOf = (values: SecretValues) => secretProblems(config, values);
  const secrets = new Secrets({ env, defaultSecrets: config.defaultSecrets, problemsOf, onError });
  const problems = problemsOf(secrets.current);
  if (problems.length > 0) throw new ConfigError(problems);
  const short = shortKeys(config, secrets.current);
  if (short.length > 0)
    log.warn(
      { keys: short },
      `an admin key is shorter than ${MIN_ADMIN_KEY} characters, which only this environment accepts`,
    );
  const registry = createRegistry(config);
  countDropped(registry, sink);
  const tls = config.tlsDir === undefined ? undefined : certificateOf(config.tlsDir, log);
  return { config, log, registry, secrets, redisFactory, ...(tls && { tls }) };
}

function certificateOf(folder: string, log: Logger): TlsFiles {
  const onError = (err: Error) => log.error({ err }, 'the certificate cannot be used; the last good one stays in use');
  const files = new TlsFiles(folder, onError);
  files.onChange(() => log.info('new connections show the new certificate'));
  return files;
}

function countDropped(registry: Registry, sink: LogSink): void {
  new Counter({
    name: METRICS.logDropped,
    help: 'Log lines dropped by an output: nobody read them, or the log store refused them.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(sink.dropped ?? 0);
    },
  });
}

interface DrainProps {
  readonly context: ServiceContext;
  readonly phase: { draining: boolean };
  readonly http: Listener;
  readonly admin: Listener;
  readonly service: Service;
  readonly tracing: Tracing | undefined;
}

/** Unready; wait until the balancers have noticed, still serving; stop accepting; finish; close Redis; last the probes' port. */
async function drain({ context, phase, http, admin, service, tracing }: DrainProps): Promise<void> {
  const { log, config, secrets, tls } = context;
  phase.draining = true;
  log.info({ drainSeconds: config.drainSeconds }, 'draining');
  await new Promise((resolve) => setTimeout(resolve, config.drainSeconds * 1000));
  await http.close();
  await service.trail?.flush();
  await service.close();
  await tracing?.close().catch((err: unknown) => log.warn({ err }, 'the last traces could not be exported'));
  secrets.stop();
  tls?.stop();
  await admin.close();
  log.info('stopped');
}
