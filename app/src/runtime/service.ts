import type { Registry } from 'prom-client';
import type { HttpMiddleware } from '../http/quick-koa.ts';
import type { ProblemRenderer } from '../http/respond-problem.ts';
import type { Route } from '../http/route.ts';
import type { HelmetOptions } from '../http/security-headers.ts';
import type { AuditStore } from '../stores/audit-store.ts';
import type { RedisFactory } from '../stores/redis-factory.ts';
import type { Config } from './config.ts';
import type { Logger } from './logger.ts';
import type { Readiness } from './readiness.ts';
import type { Secrets } from './secrets.ts';
import type { TlsFiles } from './tls-files.ts';

/** What a service is given: nothing of it is a module's global, so that one process can run all services. */
export interface ServiceContext {
  readonly config: Config;
  readonly log: Logger;
  readonly registry: Registry;
  readonly secrets: Secrets;
  /** What it shows to those that it calls. @default - it calls in plain text */
  readonly tls?: TlsFiles;
  /** Makes the clients of stores/connection.ts; the laptop's emulation puts its own here. */
  readonly redisFactory: RedisFactory;
}

/** A service that has been started: its routes, and how it is asked and ended. */
export interface Service {
  /** All endpoints beside those that every service answers. */
  readonly routes: readonly Route[];
  /** Any of Koa's, run before the routes. @default - none */
  readonly middleware?: readonly HttpMiddleware[];
  /** Asked by the readiness probe; cheap, and without I/O. */
  readonly readiness: () => Readiness;
  /** Ends what it opened; called after the last response. */
  close(): Promise<void>;
  /** Its paths name people, who may be deleted: the access log and the audit trail have the route alone. @default false */
  readonly pathsArePersonal?: boolean;
  /** Keeps what is done with admin keys. @default - it is in the log alone, and nothing tells whose a key is */
  readonly trail?: AuditStore;
  /** @default API_HEADERS */
  readonly headers?: HelmetOptions;
  /** Shows problems as pages. @default - problems are JSON */
  readonly renderProblem?: ProblemRenderer;
}

/** What services/registry.ts lists. */
export interface ServiceModule {
  /** What it is for, in one sentence. */
  readonly message: string;
  /** Opens what it needs without waiting for it: readiness tells when it is there. */
  start(context: ServiceContext): Service;
}
