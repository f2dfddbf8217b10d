import { when } from '../constructs/lists.ts';
import { namedConnections, type ServiceSpec } from './service-spec.ts';
import { closest, duplicates } from './shape-problems.ts';

/**
 * What does not hold in the catalog, whatever the environment.
 * @param complete the services of which every field is there
 * @param catalog all of them: a name is taken before the rest of the service is written
 */
export function catalogProblems(complete: readonly ServiceSpec[], catalog: readonly ServiceSpec[]): string[] {
  const routes = complete.flatMap(({ name, routes: found = [] }) => found.map((path) => ({ name, path })));
  return [
    ...duplicates(catalog, nameOf, nameOf).map(
      ({ value, places }) => `catalog: ${places.length} services are named '${value}'; rename all but one`,
    ),
    ...duplicates(routes, ({ path }) => path, nameOf).map(
      ({ value, places }) => `catalog: the route '${value}' leads to ${places.join(' and ')}; give it to one of them`,
    ),
    ...complete.flatMap((service) =>
      serviceProblems(service, complete).map((problem) => `catalog/${service.name}: ${problem}`),
    ),
    ...cycleProblems(complete),
    ...when(catalog.length === 0, 'catalog: it holds no service; add one in charts/catalog.ts'),
  ];
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** Dashboards of the platform as a whole, beside one that each service gets under its name. */
const PAGES: readonly string[] = ['overview', 'capacity'];

function serviceProblems(service: ServiceSpec, catalog: readonly ServiceSpec[]): string[] {
  const { name, objectives } = service;
  return [
    ...when(PAGES.includes(name), `the name '${name}' belongs to a dashboard of the whole platform; choose another`),
    ...portProblems(service),
    ...routeProblems(service, catalog),
    ...(objectives !== undefined && objectives.p95Seconds > objectives.p99Seconds
      ? [
          `objectives.p95Seconds ${objectives.p95Seconds} is above p99Seconds ${objectives.p99Seconds}; swap or change them`,
        ]
      : []),
  ];
}

/** Ports are named where they are used: each name must be one. */
function portProblems(service: ServiceSpec): string[] {
  const { probes, metrics, routes = [], secrets = [], scratch = {}, volume } = service;
  const known = Object.keys(service.ports);
  const used = { 'probes.port': probes?.port, 'metrics.port': metrics?.port };
  return [
    ...Object.entries(used).flatMap(([field, name]) =>
      name === undefined || known.includes(name)
        ? []
        : [`${field} '${name}' is not one of its ports (${known.join(', ') || 'it has none'}); name one of them`],
    ),
    ...when(routes.length > 0 && known.length === 0, 'it has routes, but no port to lead them to; give it ports'),
    ...(volume !== undefined && volume.path in scratch
      ? [`volume.path ${volume.path} is a scratch folder too; take one of them out`]
      : []),
    ...duplicates(secrets, nameOf, nameOf).map(
      ({ value }) => `secrets name '${value}' more than once; join their keys`,
    ),
  ];
}

/** A route must be answered by its service, and must not take the pages of the one that answers everything else. */
function routeProblems({ name, routes = [], paths }: ServiceSpec, catalog: readonly ServiceSpec[]): string[] {
  const below = (path: string, route: string) => path === route || path.startsWith(`${route}/`);
  const unserved = routes.filter(
    (route) => route !== '/' && paths !== undefined && !paths.some((path) => below(path, route)),
  );
  const home = catalog.find((other) => other.name !== name && other.routes?.includes('/') === true);
  return [
    ...unserved.map(
      (route) =>
        `the route '${route}' is not among its paths (${(paths ?? []).join(', ')}): it would answer 404; correct the route or the paths`,
    ),
    ...routes
      .filter(
        (route) =>
          route !== '/' &&
          (home?.paths ?? []).some((path) => path !== '/' && below(path, route) && !paths?.includes(path)),
      )
      .map((route) => `the route '${route}' hides a page of ${home?.name} below it; choose another`),
  ];
}

/**
 * A cycle of connections can only wait for itself. Every service is walked once, however they fan out; a connection back to a
 * service on the way closes a cycle.
 */
export function cycleProblems(catalog: readonly ServiceSpec[]): string[] {
  const calls = new Map(catalog.map((service) => [service.name, namedConnections(service).map(({ to }) => to)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (name: string, way: readonly string[]): void => {
    const start = way.indexOf(name);
    if (start >= 0) cycles.push([...way.slice(start), name].join(' -> '));
    if (start >= 0 || done.has(name)) return;
    for (const next of calls.get(name) ?? []) walk(next, [...way, name]);
    done.add(name);
  };
  for (const name of calls.keys()) walk(name, []);
  return cycles.map((cycle) => `catalog: the connections ${cycle} are a cycle; take one of them out`);
}

/** Names that the parts of an environment give to their own workloads and offers: no service may have them. */
export function takenNames(catalog: readonly ServiceSpec[], taken: ReadonlyMap<string, string>): string[] {
  return catalog.flatMap(({ name }) => {
    const part = taken.get(name);
    return part === undefined ? [] : [`${name}: the name '${name}' belongs to the part '${part}'; choose another`];
  });
}

/** Whoever is called must exist, and be named once. */
export function linkProblems(service: ServiceSpec, known: readonly string[]): string[] {
  const named = namedConnections(service);
  return [
    ...named
      .filter(({ to, optional }) => optional !== true && !known.includes(to))
      .map(
        ({ to }) =>
          `connects to '${to}', which is neither a service nor offered by a part (${known.join(', ')})${closest(to, known)}`,
      ),
    ...duplicates(
      named,
      ({ to }) => to,
      ({ to }) => to,
    ).map(({ value }) => `connections name '${value}' more than once; name it once`),
  ];
}
