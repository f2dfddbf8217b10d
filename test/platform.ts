import type { Environment } from '../charts/plan/environment.ts';
import type { MonitoringContext, Plan, Platform } from '../charts/plan/part.ts';
import { plan } from '../charts/plan/plan.ts';
import { mainPortOf, type ServiceSpec } from '../charts/plan/service-spec.ts';
import { platform } from '../charts/platform.ts';

/** The platform as it is committed. */
export const PLATFORM: Platform = platform;

/** The platform with one environment in place of the one of that name. */
export function platformWith(environment: Environment): Platform {
  return {
    ...PLATFORM,
    environments: PLATFORM.environments.map((other) => (other.name === environment.name ? environment : other)),
  };
}

/** A value without one of its fields, as plain JavaScript or a cast would pass it on. */
export function without<T extends object>(value: T, field: keyof T): T {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== field)) as T;
}

/** The committed platform, or another catalog, joined with an environment. */
export function planOf(environment: Environment, catalog: readonly ServiceSpec[] = PLATFORM.catalog): Plan {
  return plan({ ...PLATFORM, catalog }, environment);
}

/** A service of the committed catalog; the first where no name is given. */
export function serviceOf(name: string | undefined = PLATFORM.catalog[0]?.name): ServiceSpec {
  const found = PLATFORM.catalog.find((service) => service.name === name);
  if (found === undefined) throw new Error(`the catalog has no service '${name}'`);
  return found;
}

/** Every path prefix that people reach, in the order of the alphabet, and where it leads. */
export function publicRoutes(): { readonly path: string; readonly name: string; readonly port: number | undefined }[] {
  return PLATFORM.catalog
    .flatMap((spec) => (spec.routes ?? []).map((path) => ({ path, name: spec.name, port: mainPortOf(spec)?.service })))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** What is known for the monitoring of an environment that is watched. */
export function watchedIn(environment: Environment): MonitoringContext {
  const { monitoring } = planOf(environment);
  if (monitoring === null) throw new Error(`${environment.name} is not watched`);
  return monitoring;
}
