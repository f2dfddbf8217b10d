import { WORKLOAD } from '../annotations.ts';
import { commandWords, configFiles, variablesOf } from '../config-text.ts';
import type { Field, Resource } from '../field.ts';
import { oncePerPlatform, type Platform } from '../platform.ts';
import { type Address, addressesIn, podPorts, serviceAt, wordsIn } from '../urls.ts';
import type { Workload } from '../workload.ts';
import { edgeController, podOf } from './network.ts';
import type { PodEndpoint, TransportPort } from './policy.ts';

/** A connection that the manifests say somebody opens. */
export interface Edge {
  readonly from: PodEndpoint;
  readonly to: PodEndpoint;
  /** One of these must be open; where the manifests name no port, any port of the Service will do. */
  readonly ports: readonly TransportPort[];
  /** Where it is declared. */
  readonly at: Field;
  /** How it is declared: `USERS_URL`, `Ingress`, `scrape`. */
  readonly by: string;
}

/** A host that a workload names, and the Service that it means. */
export interface Call {
  readonly workload: Workload;
  readonly address: Address;
  readonly at: Field;
  readonly by: string;
  readonly service: Resource | undefined;
}

/** Every host that workloads name in their environment, their arguments, their mounted files or an annotation. */
export const callsOf = oncePerPlatform((platform): readonly Call[] =>
  platform.workloads.flatMap((workload) =>
    placesOf(platform, workload).flatMap(({ text, at, by, bare }) => {
      const addresses = [...addressesIn(text), ...(bare ? wordsIn(text) : [])];
      const find = ({ host }: Address) => serviceAt(platform, workload.namespace, host);
      return addresses.map((address) => ({ workload, address, at, by, service: find(address) }));
    }),
  ),
);

/** The connections behind them, to the pods that were given. */
function callEdges(platform: Platform): readonly Edge[] {
  return callsOf(platform).flatMap(({ workload, address, at, by, service }) => {
    const from = podOf(platform, workload);
    if (!service || !from) return [];
    return platform.selectedBy(service).flatMap((target) => {
      const to = podOf(platform, target);
      const ports = podPorts(service, target, address.port);
      // A pod seldom calls its own name, but the members of a set call each other.
      const calls = target !== workload || workload.kind === 'StatefulSet';
      return to && ports.length > 0 && calls ? [{ from, to, ports, at, by }] : [];
    });
  });
}

interface Place {
  readonly text: string;
  readonly at: Field;
  readonly by: string;
  /** Whether bare words are host names too. */
  readonly bare?: boolean;
}

const NAMES_HOSTS = /(HOSTS?|SERVERS?|ADDR(ESS)?|ENDPOINTS?|NODES|SENTINELS|UPSTREAM)$/i;

function placesOf(platform: Platform, workload: Workload): readonly Place[] {
  const variables = workload.containers.flatMap((container) => variablesOf(platform, container));
  const calls = workload.resource.annotation(WORKLOAD.connectsTo);
  return [
    ...variables.map(({ name, value, at }) => ({ text: value, at, by: name, bare: NAMES_HOSTS.test(name) })),
    ...workload.containers.flatMap(commandWords).map(({ word, at }) => ({ text: word, at, by: 'its command line' })),
    ...configFiles(platform, workload).map(({ name, text, at }) => ({ text, at, by: name })),
    ...(calls.text === undefined ? [] : [{ text: calls.text, at: calls, by: 'its annotation', bare: true }]),
  ];
}

/**
 * Every connection that the manifests declare between pods. Probes are not among them: a node always reaches its own pods, whatever the
 * policies say. Routes count where the namespace names the pods that bring the requests.
 */
export const declaredEdges = oncePerPlatform((platform): readonly Edge[] => {
  const routes = routesOf(platform).flatMap(({ to, ports, at, by }) => {
    const from = edgeController(platform, to.namespace);
    const pod = podOf(platform, to);
    return from && pod ? [{ from, to: pod, ports, at, by }] : [];
  });
  return [...callEdges(platform), ...routes, ...scrapeEdges(platform)];
});

/** A way from outside to pods: what an Ingress or an HTTPRoute declares. */
export interface Route {
  readonly to: Workload;
  readonly ports: readonly TransportPort[];
  readonly at: Field;
  readonly by: string;
}

/** The pods that Ingresses and HTTPRoutes lead to. */
export function routesOf(platform: Platform): readonly Route[] {
  const routes = [...backends(platform)].filter(({ at }) => /^(Ingress|HTTPRoute)$/.test(at.resource.kind));
  return routes.flatMap(({ at, namespace, service: name, port }) => {
    const service = platform.find('Service', namespace, name);
    const named = service?.at('spec', 'ports').items.find((entry) => entry.at('name').text === port.text);
    const number = port.number ?? named?.at('port').number;
    return (service ? platform.selectedBy(service) : []).flatMap((to) =>
      service ? { to, ports: podPorts(service, to, number), at, by: String(at.resource) } : [],
    );
  });
}

/** The ports that a pod says it has. */
export function portsOf({ workload }: PodEndpoint): readonly TransportPort[] {
  return (workload?.ports ?? []).flatMap(({ number, protocol }) =>
    number === undefined ? [] : [{ number, protocol }],
  );
}

/** From what scrapes by discovery (a file with `scrape_configs`) to what says that it has metrics, in the namespaces that are discovered. */
function scrapeEdges(platform: Platform): readonly Edge[] {
  return platform.workloads.flatMap((scraper) => {
    const file = configFiles(platform, scraper).find(
      ({ text }) => /^[ \t]*scrape_configs:/m.test(text) && /kubernetes_sd_configs:/.test(text),
    );
    const from = podOf(platform, scraper);
    const names = discovered(file?.text ?? '');
    const targets = names.length === 0 ? platform.workloads : names.flatMap((name) => platform.workloadsIn(name));
    return (file && from ? targets : []).flatMap((target) => {
      const [to, ports] = [podOf(platform, target), metricsPorts(target)];
      if (!file || !from || !to || target === scraper || ports.length === 0) return [];
      return [{ from, to, ports, at: file.at, by: 'its scrape_configs' }];
    });
  });
}

/** The namespaces that the discovery covers; none means all. */
function discovered(config: string): readonly string[] {
  const lists = config.matchAll(/namespaces:[ \t]*\n[ \t]*names:[ \t]*\n((?:[ \t]*-[ \t]*\S+[ \t]*\n)+)/g);
  const names = [...lists].flatMap(([, list = '']) => [...list.matchAll(/-\s*["']?([\w-]+)/g)]);
  return [...new Set(names.map(([, name = '']) => name))];
}

/** The ports on which a workload serves metrics, as its annotations say. */
function metricsPorts(workload: Workload): readonly TransportPort[] {
  const said = [workload.template.at('metadata', 'annotations').texts, workload.resource.annotations];
  const scraped = said.find((annotations) => annotations['prometheus.io/scrape'] === 'true');
  const lines = (workload.resource.annotations[WORKLOAD.endpoints] ?? '').split('\n');
  const serving = lines.filter((line) => /\s\/metrics\b/.test(line)).map((line) => Number.parseInt(line, 10));
  const declared = workload.resource.annotations[WORKLOAD.metrics] !== undefined || serving.length > 0;
  if (!scraped && !declared) return [];
  const port = Number(scraped?.['prometheus.io/port']);
  if (port > 0) return [{ protocol: 'TCP', number: port }];
  const known = workload.ports;
  const named = known.filter(({ name }) => name === 'metrics' || name === 'admin' || name?.endsWith('-metrics'));
  const numbers = serving.length > 0 ? serving : (named.length > 0 ? named : known).map(({ number }) => number);
  return numbers.flatMap((number) => (number === undefined ? [] : [{ protocol: 'TCP', number }]));
}

/** A place that sends traffic to a Service. */
export interface Backend {
  readonly at: Field;
  readonly namespace: string;
  readonly service: string;
  /** Where the port stands; its value is a number or the name of a port. */
  readonly port: Field;
}

/** Every backend of every route: Ingress, Gateway API, Traefik. */
export function* backends(platform: Platform): Iterable<Backend> {
  for (const ingress of platform.ofKind('Ingress')) {
    const paths = ingress.all('spec', 'rules', '*', 'http', 'paths', '*', 'backend', 'service');
    for (const service of [ingress.at('spec', 'defaultBackend', 'service'), ...paths]) {
      const port = service.at('port', 'name').exists ? service.at('port', 'name') : service.at('port', 'number');
      yield* backendAt(service.at('name'), ingress.namespace, port);
    }
  }
  for (const route of platform.ofKind('HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute')) {
    for (const ref of route.at('spec', 'rules').items.flatMap(referredBy)) yield* referred(ref);
  }
  for (const route of platform.ofKind('IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP')) {
    for (const ref of route.all('spec', 'routes', '*', 'services', '*'))
      if (!ref.at('name').text?.includes('@')) yield* referred(ref);
  }
  const entries = platform.ofKind('ServiceEntry').flatMap((entry) => entry.at('spec', 'hosts').words);
  for (const service of platform.ofKind('VirtualService'))
    for (const backend of destinations(service)) if (!entries.includes(backend.at.text ?? '')) yield backend;
}

/** Istio's destinations by the name of a Service alone, or by the one that the cluster gives it; others may be anywhere. */
function* destinations({ root, namespace }: Resource): Iterable<Backend> {
  for (const key of ['http', 'tls', 'tcp']) {
    for (const to of root.all('spec', key, '*', 'route', '*', 'destination')) {
      const [, name, space = namespace] =
        /^([^.]+)(?:\.([^.]+)\.svc(?:\.cluster\.local)?)?$/.exec(to.at('host').text ?? '') ?? [];
      if (name !== undefined)
        yield { at: to.at('host'), namespace: space, service: name, port: to.at('port', 'number') };
    }
  }
}

/** What a rule of the Gateway API sends to, copies that its filters make among it. */
function referredBy(rule: Field): readonly Field[] {
  const refs = rule.at('backendRefs').items;
  return [...refs, ...[rule, ...refs].flatMap((one) => one.all('filters', '*', 'requestMirror', 'backendRef'))];
}

function* referred(ref: Field): Iterable<Backend> {
  if ((ref.at('kind').text ?? 'Service') !== 'Service') return;
  yield* backendAt(ref.at('name'), ref.at('namespace').text ?? ref.resource.namespace, ref.at('port'));
}

function* backendAt(at: Field, namespace: string, port: Field): Iterable<Backend> {
  if (at.text !== undefined) yield { at, namespace, service: at.text, port };
}
