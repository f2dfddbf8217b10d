import { problemsWhere } from '../constructs/lists.ts';
import type { Joined } from './part.ts';
import { type Check, mainPortOf, namedConnections, SECRETS_DIR, type ServiceSpec } from './service-spec.ts';
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
    ...duplicates(routes, ({ path }) => path, nameOf).map(({ value, places }) =>
      new Set(places).size === 1
        ? `catalog/${places[0]}: the route '${value}' is given more than once; take one out`
        : `catalog: the route '${value}' leads to ${places.join(' and ')}; give it to one of them`,
    ),
    ...complete.flatMap((service) =>
      serviceProblems(service, complete).map((problem) => `catalog/${service.name}: ${problem}`),
    ),
    ...cycleProblems(complete),
    ...problemsWhere({ 'catalog: it holds no service; add one in charts/catalog.ts': catalog.length === 0 }),
  ];
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** Dashboards of the platform as a whole, beside one that each service gets under its name. */
const PAGES: readonly string[] = ['overview', 'capacity', 'pod'];
/** Of a StatefulSet: its pods carry the name and a hash as one label, of at most 63 characters. */
const LONGEST_WITH_VOLUME = 52;

function serviceProblems(service: ServiceSpec, catalog: readonly ServiceSpec[]): string[] {
  const { name, objectives } = service;
  return [
    ...problemsWhere({
      [`the name '${name}' belongs to a dashboard of the whole platform; choose another`]: PAGES.includes(name),
      [`the name of a service with a volume has at most ${LONGEST_WITH_VOLUME} characters, and this one ${name.length}; shorten it`]:
        service.volume !== undefined && name.length > LONGEST_WITH_VOLUME,
    }),
    ...portProblems(service),
    ...doubleProblems(service),
    ...namedConnections(service)
      .filter(({ to }) => catalog.some((other) => other.name === to && mainPortOf(other) === null))
      .map(
        ({ to }) => `connects to '${to}', which has no port to be called on; give it ports, or take the connection out`,
      ),
    ...routeProblems(service, catalog),
    ...(objectives !== undefined && objectives.p95Seconds > objectives.p99Seconds
      ? [
          `objectives.p95Seconds ${objectives.p95Seconds} is above p99Seconds ${objectives.p99Seconds}; swap or change them`,
        ]
      : []),
  ];
}

/** Ports are named where they are used: each name must be one. */
function portProblems({ ports, servicePort, probes, metrics, routes = [] }: ServiceSpec): string[] {
  const known = Object.keys(ports);
  const given = Object.entries({ probes, servicePort, routes: routes[0] }).flatMap(([field, value]) =>
    value === undefined ? [] : [field],
  );
  const portOf = (check: Check | undefined) => (check !== undefined && 'http' in check ? check.port : undefined);
  const used = {
    'probes.port': probes?.port,
    'probes.live.port': portOf(probes?.live),
    'probes.ready.port': portOf(probes?.ready),
    'metrics.port': metrics?.port,
  };
  return [
    ...Object.entries(used).flatMap(([field, name]) =>
      name === undefined || known.includes(name)
        ? []
        : [`${field} '${name}' is not one of its ports (${known.join(', ') || 'it has none'}); name one of them`],
    ),
    ...problemsWhere({
      [`it has ${given.join(' and ')}, but no port to lead to; give it ports`]: given.length > 0 && known.length === 0,
    }),
  ];
}

/** What a pod has once, given twice: the second would be refused by the API server, or win in silence. */
function doubleProblems(service: ServiceSpec): string[] {
  const { ports, scratch = {}, volume, secretsDir, tlsDir, secrets = [], env = {} } = service;
  const secretsAt = secretsDir ?? (secrets.length > 0 ? SECRETS_DIR : undefined);
  const given = {
    'the port': Object.values(ports),
    'the folder': [...Object.keys(scratch), ...[volume?.path, secretsAt, tlsDir].flatMap((path) => path ?? [])],
    'the variable': [
      ...(typeof env === 'function' ? [] : Object.keys(env)),
      ...namedConnections(service).flatMap((connection) => connection.env ?? []),
    ],
    'the secret': secrets.map(nameOf),
    'the file of a secret': secrets.flatMap(({ keys }) => keys.map(({ key }) => key)),
    'the connection to': namedConnections(service).map(({ to }) => to),
  };
  return Object.entries(given).flatMap(([what, values]) =>
    duplicates(values, (value) => value, String).map(
      ({ value }) => `${what} ${value} is given more than once; take one out, or join them`,
    ),
  );
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
function cycleProblems(catalog: readonly ServiceSpec[]): string[] {
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

/**
 * What a connection says in vain: a store brings its own variables, and nothing bounds the connections to a service.
 * @param own names of the variables that the service has without its connections
 */
export function idleProblems(
  service: ServiceSpec,
  { offers, services }: Pick<Joined, 'offers' | 'services'>,
  own: readonly string[],
): string[] {
  return namedConnections(service).flatMap((connection) => {
    const offered = offers.get(connection.to);
    const given = Object.keys(offered?.connect(service).env ?? {});
    const ofService = services.has(connection.to) ? (['rights', 'perPod'] as const) : [];
    const idle = offered === undefined ? ofService : (['env', 'as'] as const);
    return [
      ...idle
        .filter((field) => connection[field] !== undefined)
        .map((field) => `the connection to '${connection.to}' has no use for '${field}'; take it out`),
      ...given
        .filter((name) => own.includes(name))
        .map((name) => `env.${name} is given by the connection to '${connection.to}', which would win; take it out`),
    ];
  });
}

export function linkProblems(service: ServiceSpec, known: readonly string[]): string[] {
  return namedConnections(service)
    .filter(({ to, optional }) => optional !== true && !known.includes(to))
    .map(
      ({ to }) =>
        `connects to '${to}', which is neither a service nor offered by a part (${known.join(', ')}); name one of these, or take it out${closest(to, known)}`,
    );
}
