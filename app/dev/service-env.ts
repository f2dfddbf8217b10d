import { ENV, SERVICES, type ServiceName, URL_ENV } from '../contract.ts';
import type { PortPlan } from './ports.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Opens nothing but a laptop, and is printed at every start. */
export const DEV_ADMIN_KEY = 'dev-admin-key';

export interface ServiceEnvProps {
  readonly service: ServiceName;
  readonly ports: PortPlan;
  readonly redisUrl: string;
  /** The runner's own environment: what is set there wins. */
  readonly given: Variables;
}

/** What a service is told on a laptop: the same variables as in a cluster. */
export function serviceEnv({ service, ports, redisUrl, given }: ServiceEnvProps): Variables {
  const urls = Object.entries(URL_ENV).map(([name, key]) => [key, addressOf(ports, name as keyof typeof URL_ENV)]);
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
    ...given,
    ...Object.fromEntries(urls),
    [ENV.redisUrl]: redisUrl,
    [ENV.service]: service,
    [ENV.httpPort]: String(ports.http[service]),
    [ENV.adminPort]: String(ports.admin[service]),
  };
}

export function addressOf(ports: PortPlan, service: ServiceName): string {
  return `http://localhost:${ports.http[service]}`;
}

/** The environments of all services, in the contract's order. */
export function allServiceEnvs(props: Omit<ServiceEnvProps, 'service'>): readonly Variables[] {
  return SERVICES.map((service) => serviceEnv({ ...props, service }));
}
