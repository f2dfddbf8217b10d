import { ENV, type ServiceName, URL_ENV } from '../contract.ts';
import type { PortPlan } from './ports.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Opens nothing but a laptop, and is printed at every start. */
export const DEV_ADMIN_KEY = 'dev-admin-key';

export interface ServiceEnvProps {
  readonly service: ServiceName;
  readonly ports: PortPlan;
  readonly host: string;
  readonly redisUrl: string;
  /** The runner's own environment: what is set there wins. */
  readonly given: Variables;
}

export function serviceEnv({ service, ports, host, redisUrl, given }: ServiceEnvProps): Variables {
  // An address: 'localhost' would be tried by both families at each connection.
  const urls = Object.entries(URL_ENV).map(([name, key]) => [
    key,
    `http://127.0.0.1:${ports.http[name as keyof typeof URL_ENV]}`,
  ]);
  return {
    [ENV.environment]: 'dev',
    [ENV.version]: process.env['npm_package_version'],
    [ENV.adminKey]: DEV_ADMIN_KEY,
    [ENV.seed]: 'true',
    [ENV.defaultSecrets]: 'true',
    [ENV.plainHttp]: 'true',
    [ENV.drainSeconds]: '0',
    [ENV.shutdownSeconds]: '4',
    [ENV.publicUrl]: addressOf(ports, service),
    [ENV.otlpEndpoint]: `http://127.0.0.1:${ports.dashboard}`,
    ...given,
    ...Object.fromEntries(urls),
    [ENV.redisUrl]: redisUrl,
    [ENV.service]: service,
    [ENV.listenHost]: host,
    [ENV.httpPort]: String(ports.http[service]),
    [ENV.adminPort]: String(ports.admin[service]),
  };
}

export function addressOf(ports: PortPlan, service: ServiceName): string {
  return `http://localhost:${ports.http[service]}`;
}
