import { ENV, PORTS, type ServiceName, URL_ENV } from '../app/contract.ts';
import type { Environment } from './environments/environment.ts';
import { traceExport } from './monitoring/trace-export.ts';
import { redisClientEnv } from './redis/client-env.ts';
import type { ServiceSpec } from './services/service.ts';

/** The process environment of a service: who it is, where it listens, and one address per declared edge. */
export function serviceEnv(service: ServiceSpec, environment: Environment): Record<string, string> {
  const storesQuotes = service.calls.includes('redis') && service.name === 'quotes';
  return {
    [ENV.service]: service.name,
    [ENV.environment]: environment.name,
    [ENV.version]: environment.release.tag,
    [ENV.logLevel]: environment.logLevel,
    [ENV.httpPort]: String(PORTS.http),
    [ENV.adminPort]: String(PORTS.admin),
    ...calledUrls(service),
    ...(service.calls.includes('redis') ? redisClientEnv(environment, service) : {}),
    ...(service.publicPaths.includes('/') ? { [ENV.publicUrl]: publicUrl(environment) } : {}),
    ...(storesQuotes && environment.seed ? { [ENV.seed]: 'true' } : {}),
    ...(environment.secrets.kind === 'literal' ? { [ENV.defaultSecrets]: 'true' } : {}),
    ...(environment.edge.tls.kind === 'none' ? { [ENV.plainHttp]: 'true' } : {}),
    ...traceExport(environment).env,
  };
}

/** The address that people type. */
export function publicUrl({ edge }: Environment): string {
  return `${edge.tls.kind === 'none' ? 'http' : 'https'}://${edge.host}`;
}

function calledUrls(service: ServiceSpec): Record<string, string> {
  const services = service.calls.filter((name): name is keyof typeof URL_ENV & ServiceName => name in URL_ENV);
  return Object.fromEntries(services.map((name) => [URL_ENV[name], `http://${name}`]));
}
