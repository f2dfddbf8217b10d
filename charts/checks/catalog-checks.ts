import { API_PREFIXES, DURATION_BUCKETS, FRONT_PATHS, STORES, URL_ENV } from '../../app/contract.ts';
import type { DashboardRef } from '../monitoring/rules/rule.ts';
import type { ServiceSpec } from '../services/service.ts';
import { closest } from './closest.ts';
import { cycleProblems } from './cycles.ts';
import { duplicates, labelProblems } from './names.ts';

/**
 * What does not hold in the catalog, whatever the environment.
 * @param complete the services of which every field is there
 * @param catalog all of them: a name is taken, and may be called, before the rest of the service is written
 */
export function catalogProblems(complete: readonly ServiceSpec[], catalog: readonly ServiceSpec[]): string[] {
  const nameOf = ({ name }: { readonly name: string }) => name;
  const paths = complete.flatMap(({ name, publicPaths }) => publicPaths.map((path) => ({ name, path })));
  const known = [...catalog.map(nameOf), ...STORES];
  return [
    ...duplicates(catalog, nameOf, nameOf).map(
      ({ value, places }) => `catalog: ${places.length} services are named '${value}'; rename all but one`,
    ),
    ...duplicates(paths, ({ path }) => path, nameOf).map(
      ({ value, places }) =>
        `catalog: the public path '${value}' leads to ${places.join(' and ')}; give it to one of them`,
    ),
    ...complete.flatMap((service) => serviceProblems(service, known)),
    ...cycleProblems(complete),
    ...(catalog.length === 0 ? ['catalog: it holds no service; add one in charts/catalog.ts'] : []),
  ];
}

/** `/`, or words of lower-case letters, digits and '-', each after a '/'. */
const PATH_PREFIX = /^\/(?:[a-z0-9-]+(?:\/[a-z0-9-]+)*)?$/;

function serviceProblems(service: ServiceSpec, known: readonly string[]): string[] {
  const problems = [
    ...labelProblems('the name', service.name),
    ...(/^\d/.test(service.name)
      ? [`the name '${service.name}' begins with a digit, which the name of a Service may not; begin it with a letter`]
      : []),
    ...takenNames(service),
    ...callProblems(service, known),
    ...service.publicPaths
      .filter((path) => !PATH_PREFIX.test(path))
      .map(
        (path) => `the public path '${path}' is no path prefix; use '/', or words such as in ${API_PREFIXES.quotes}`,
      ),
    ...shadowedPages(service),
    ...objectiveProblems(service),
    ...numberProblems(service),
  ];
  return problems.map((problem) => `catalog/${service.name}: ${problem}`);
}

/** Dashboards of the platform as a whole, beside one that each service gets under its name. */
const PAGES: readonly string[] = ['overview', 'capacity'] satisfies DashboardRef[];

/** Names under which the platform makes objects itself. */
function takenNames({ name }: { readonly name: string }): string[] {
  const store = STORES.find((store) => name === store || name.startsWith(`${store}-`));
  return [
    ...(store === undefined
      ? []
      : [`the name '${name}' belongs to the store '${store}' and its parts; choose another`]),
    ...(PAGES.includes(name)
      ? [`the name '${name}' belongs to a dashboard of the whole platform; choose another`]
      : []),
  ];
}

/** Whoever is called must exist, and its address must have a name in the caller's environment. */
function callProblems({ calls }: ServiceSpec, known: readonly string[]): string[] {
  const unknown = calls
    .filter((name) => !known.includes(name))
    .map(
      (name) => `calls '${name}', which is neither a service nor a store (${known.join(', ')})${closest(name, known)}`,
    );
  const nameless = calls
    .filter((name) => known.includes(name) && !STORES.some((store) => store === name) && !(name in URL_ENV))
    .map((name) => `calls '${name}', for whose address the contract has no name; add it to URL_ENV in app/contract.ts`);
  const twice = duplicates(
    calls,
    (name) => name,
    (name) => name,
  ).map(({ value }) => `calls names '${value}' more than once; name it once`);
  return [...unknown, ...nameless, ...twice];
}

/** An API below one of the front's pages would take that page's requests. */
function shadowedPages({ publicPaths }: ServiceSpec): string[] {
  const pages = Object.values(FRONT_PATHS).filter((page) => page !== '/');
  return publicPaths
    .filter((path) => path.length > 1 && pages.some((page) => page === path || page.startsWith(`${path}/`)))
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

function numberProblems({ measured, startupSeconds, redisConnections, calls }: ServiceSpec): string[] {
  const { cpuMillisAtPromise, idleMemoryMiB } = measured;
  const positive = {
    'measured.cpuMillisAtPromise': cpuMillisAtPromise,
    'measured.idleMemoryMiB': idleMemoryMiB,
    startupSeconds,
    ...(calls.includes('redis') ? { redisConnections } : {}),
  };
  return Object.entries(positive)
    .filter(([, value]) => !(Number.isFinite(value) && value > 0))
    .map(([key, value]) => `${key} is ${value}; give it a number above 0`);
}
