import { catalog } from '../charts/catalog.ts';
import { environments } from '../charts/environments/all.ts';
import type { Environment } from '../charts/environments/environment.ts';
import type { Platform } from '../charts/platform.ts';

/** The platform as it is committed. */
export const PLATFORM: Platform = { catalog, environments };

/** The platform with one environment in place of the one of that name. */
export function platformWith(environment: Environment): Platform {
  return {
    catalog,
    environments: environments.map((other) => (other.name === environment.name ? environment : other)),
  };
}

/** A value without one of its fields, as plain JavaScript or a cast would pass it on. */
export function without<T extends object>(value: T, field: keyof T): T {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== field)) as T;
}
