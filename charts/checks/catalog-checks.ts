import { API_PREFIXES, DURATION_BUCKETS, FRONT_PATHS, STORES } from '../../app/contract.ts';
import type { ServiceSpec } from '../services/service.ts';
import { closest } from './closest.ts';
import { duplicates, labelProblems } from './names.ts';

/** What does not hold in the catalog, whatever the environment. */
export function catalogProblems(catalog: readonly ServiceSpec[]): string[] {
  return [
    ...duplicates(
      catalog,
      ({ name }) => name,
      ({ name }) => name,
    ).map(({ value, places }) => `catalog: ${places.length} services are named '${value}'; rename all but one`),
    ...duplicates(
      catalog.flatMap(({ name, publicPaths }) => publicPaths.map((path) => ({ name, path }))),
      ({ path }) => path,
      ({ name }) => name,
    ).map(
      ({ value, places }) =>
        `catalog: the public path '${value}' leads to ${places.join(' and ')}; give it to one of them`,
    ),
    ...catalog.flatMap((service) => serviceProblems(service, catalog)),
    ...cycleProblems(catalog),
  ];
}

function serviceProblems(service: ServiceSpec, catalog: readonly ServiceSpec[]): string[] {
  const known = [...catalog.map(({ name }) => name), ...STORES];
  const problems = [
    ...labelProblems('the name', service.name),
    ...service.calls
      .filter((name) => !known.includes(name))
      .map(
        (name) =>
          `calls '${name}', which is neither a service nor a store (${known.join(', ')})${closest(name, known)}`,
      ),
    ...service.publicPaths
      .filter((path) => !/^\/[a-z0-9/-]*$/.test(path))
      .map(
        (path) => `the public path '${path}' must start with '/' and hold lower-case letters, digits, '-' and '/' only`,
      ),
    ...shadowedPages(service),
    ...objectiveProblems(service),
    ...numberProblems(service),
  ];
  return problems.map((problem) => `catalog/${service.name}: ${problem}`);
}

/** An API below one of the front's pages would take that page's requests. */
function shadowedPages({ publicPaths }: ServiceSpec): string[] {
  const pages = Object.values(FRONT_PATHS).filter((page) => page !== '/');
  return publicPaths
    .filter((path) => path !== '/' && pages.some((page) => page === path || page.startsWith(`${path}/`)))
    .map(
      (path) =>
        `the public path '${path}' hides the front's page of that name; choose another, as ${API_PREFIXES.quotes} is one`,
    );
}

function objectiveProblems({ objectives }: ServiceSpec): string[] {
  const { availabilityPercent, p95Seconds, p99Seconds } = objectives;
  const latencies = Object.entries({ p95Seconds, p99Seconds })
    .filter(([, seconds]) => !DURATION_BUCKETS.some((bound) => bound === seconds))
    .map(
      ([key, seconds]) =>
        `objectives.${key} ${seconds} is no bucket of the duration histogram; choose one of ${DURATION_BUCKETS.join(', ')}`,
    );
  return [
    ...latencies,
    ...(p95Seconds > p99Seconds
      ? [`objectives.p95Seconds ${p95Seconds} is above p99Seconds ${p99Seconds}; swap or change them`]
      : []),
    ...(availabilityPercent > 0 && availabilityPercent < 100
      ? []
      : [
          `objectives.availabilityPercent ${availabilityPercent} leaves no error budget; choose one above 0 and below 100`,
        ]),
  ];
}

function numberProblems({ measured, startupSeconds }: ServiceSpec): string[] {
  return Object.entries({ ...measured, startupSeconds })
    .filter(([, value]) => !(Number.isFinite(value) && value > 0))
    .map(([key, value]) => `${key} is ${value}; give it a number above 0`);
}

/** A cycle of calls can only wait for itself. Each is told once, from its first service in the catalog's order. */
function cycleProblems(catalog: readonly ServiceSpec[]): string[] {
  const calls = new Map<string, readonly string[]>(catalog.map((service) => [service.name, service.calls]));
  const order = catalog.map(({ name }) => name as string);
  const cycles = new Set<string>();
  const walk = (name: string, path: readonly string[]): void => {
    if (path[0] === name) cycles.add([...path, name].join(' -> '));
    else if (!path.includes(name) && order.indexOf(name) > order.indexOf(path[0] ?? name))
      follow(name, [...path, name]);
  };
  const follow = (name: string, path: readonly string[]): void => {
    for (const next of calls.get(name) ?? []) walk(next, path);
  };
  for (const name of calls.keys()) follow(name, [name]);
  return [...cycles].map((cycle) => `catalog: the calls ${cycle} are a cycle; take one of them out`);
}
