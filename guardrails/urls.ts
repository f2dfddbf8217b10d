import type { Field, Resource } from './field.ts';
import type { TransportPort } from './network/policy.ts';
import type { Platform } from './platform.ts';
import { suggest } from './suggest.ts';
import type { Workload } from './workload.ts';

/** A host, and a port where one is named, as it stands in a value, an argument or a file. */
export interface Address {
  readonly host: string;
  readonly port: number | undefined;
}

const HOST = '[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?';
/** From its rarest part on: a search for the scheme would begin at each word. */
const URL_PATTERN = new RegExp(
  `://(?<=\\b([a-z][a-z0-9+.-]{0,20})://)(?:[^\\s@/"']{0,200}@)?(${HOST})(?::(\\d{1,5}))?`,
  'gi',
);
const CLUSTER_HOST =
  /(?<![\w.:/@-])([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}\.svc(?:\.cluster\.local)?)\.?(?::(\d+))?/g;
/** A value that is nothing but `host:port`, or several of them. */
const BARE_LIST = /^[a-z][a-z0-9.-]*:\d{2,5}(?:,[a-z][a-z0-9.-]*:\d{2,5})*$/;
/** An item of a YAML list that is a host and a port, as the targets of Prometheus are. */
const LISTED = /^[ \t]*-[ \t]+['"]?([a-z][a-z0-9.-]*):(\d{2,5})['"]?[ \t\r]*$/gm;
const PORT_PATTERN = /:(\d{1,5})(?![\w:.])/g;
const WHOLE_HOST = new RegExp(`^${HOST}$`, 'i');
const LONGEST_HOST = 253;
/** What may stand in a word that holds a host: where the word starts before it, the host is only a part of something else. */
const IN_WORD = /[\w.:/@-]/;
const NAME_PATTERN = new RegExp(`(?<![\\w.:/@-])(${HOST})(?![\\w.:/@-])`, 'gi');

/** The port that a scheme means when the URL names none. */
const SCHEME_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  redis: 6379,
  rediss: 6379,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mongodb: 27017,
  amqp: 5672,
  nats: 4222,
};

/** The hosts that a text surely names: in URLs, as `name.namespace.svc`, or as a list of `host:port`. */
export function hostsIn({ text = '' }: Pick<Field, 'text'>): readonly Address[] {
  const cluster = text.includes('.svc') ? [...text.matchAll(CLUSTER_HOST)] : [];
  const bare = BARE_LIST.test(text) ? text.split(',').map((pair) => ['', ...pair.split(':')]) : [];
  const pairs = [...cluster, ...bare, ...text.matchAll(LISTED)];
  return [...urlsIn(text), ...pairs.map(([, host = '', port]) => ({ host, port: port ? Number(port) : undefined }))];
}

/** Every URL and every `host:port` in a text. */
export function addressesIn(text: string): readonly Address[] {
  return [...urlsIn(text), ...pairsIn(text.includes('://') ? text.replace(URL_PATTERN, ' ') : text)];
}

/** Most texts hold none, and a search for one word tells it ten times as fast as a pattern. */
function urlsIn(text: string): readonly Address[] {
  const urls = text.includes('://') ? [...text.matchAll(URL_PATTERN)] : [];
  return urls.map(([, scheme = '', host = '', port]) => ({
    host,
    port: port === undefined ? SCHEME_PORTS[scheme.toLowerCase()] : Number(port),
  }));
}

/** Ports are rarer than words: each is found first, and the word before it read backwards. */
function pairsIn(text: string): readonly Address[] {
  return [...text.matchAll(PORT_PATTERN)].flatMap(({ 1: port, index }) => {
    let start = index;
    while (start > 0 && index - start <= LONGEST_HOST && IN_WORD.test(text[start - 1] ?? '')) start -= 1;
    const host = text.slice(start, index);
    return WHOLE_HOST.test(host) ? [{ host, port: Number(port) }] : [];
  });
}

/** Words that may be host names, for values that are known to hold some (`REDIS_HOST`). */
export function wordsIn(text: string): readonly Address[] {
  return [...text.matchAll(NAME_PATTERN)].map(([, host = '']) => ({ host, port: undefined }));
}

interface ServiceName {
  readonly name: string;
  readonly namespace: string;
}

/** What a name of the cluster's DNS may mean, the likelier first: `cart`, `cart.shop`, `cart.shop.svc`, or a pod of a headless Service (`cart-0.cart`). */
function meanings(host: string, from: string): readonly ServiceName[] {
  const labels = host.toLowerCase().split('.');
  const [first = '', second = '', third = ''] = labels;
  const svc = labels.lastIndexOf('svc');
  if (svc >= 2) return [{ name: labels[svc - 2] ?? '', namespace: labels[svc - 1] ?? '' }];
  if (labels.length === 1) return [{ name: first, namespace: from }];
  const ofPod = { name: second, namespace: third || from };
  return labels.length === 2 ? [{ name: first, namespace: second }, ofPod] : labels.length === 3 ? [ofPod] : [];
}

/** The Service that a name means to a pod; undefined for a name of something else. */
export function serviceAt(platform: Platform, namespace: string, host: string): Resource | undefined {
  const found = meanings(host, namespace).map((meant) => platform.find('Service', meant.namespace, meant.name));
  return found.find((service) => service !== undefined);
}

/** The Service that a name means whether it exists or not; undefined for names outside the cluster. `namespaces` are those known to exist. */
export function serviceOf(host: string, from: string, namespaces: ReadonlySet<string>): ServiceName | undefined {
  const [meant, ofPod] = meanings(host, from);
  if (ofPod === undefined) return /^(?!localhost$)[^.]+$|\.svc(\.|$)/.test(host) ? meant : undefined;
  if (meant && namespaces.has(meant.namespace)) return meant;
  return /-\d+\./.test(host) ? ofPod : undefined;
}

/** What every container has, whatever the pod says of service links. */
const OF_THE_API_SERVER = /^KUBERNETES_(SERVICE_(HOST|PORT(_HTTPS)?)|PORT(_443_TCP(_(ADDR|PORT|PROTO))?)?)$/;
/** The name of the Service, upper-cased, and what Kubernetes tells of it. */
const LINK =
  /^(.{1,63}?)_(?:SERVICE_(?:HOST|PORT(?:_\w{1,63})?)|PORT(?:_\d{1,5}_(?:TCP|UDP|SCTP)(?:_(?:ADDR|PORT|PROTO))?)?)$/;

/** A variable that a container uses. */
interface Used {
  readonly workload: Workload;
  readonly variable: string;
  /** What the container defines itself, before the use or behind it. */
  readonly defined: Iterable<string>;
}

/**
 * Whether Kubernetes itself sets this variable: for the API server, and for each Service of the namespace where the pod has service links. Where no
 * environment declares itself, a Service that was not given may be there, unless the variable is a slip away from one that is.
 */
export function isServiceLink(platform: Platform, { workload, variable, defined }: Used): boolean {
  const { pod, namespace } = workload;
  if (OF_THE_API_SERVER.test(variable)) return true;
  const service = LINK.exec(variable)?.[1];
  if (service === undefined || pod.at('enableServiceLinks').flag === false) return false;
  const found = platform.find('Service', namespace, service.toLowerCase().replaceAll('_', '-'));
  if (found !== undefined) return !isHeadless(found);
  if (platform.environmentOf(namespace) !== undefined) return false;
  const given = platform.inNamespace('Service', namespace).map(({ name }) => name.toUpperCase().replaceAll('-', '_'));
  const what = variable.slice(service.length);
  const own = [...defined].flatMap((other) => (other.endsWith(what) ? other.slice(0, -what.length) : []));
  return suggest(service, [...given, ...own]) === undefined;
}

/** Whether its name resolves to the pods themselves. */
export function isHeadless(service: Resource): boolean {
  return service.at('spec', 'clusterIP').text === 'None';
}

/** A port of a Service and the port of the pods that it leads to. A headless Service leads to whatever port the client names. */
export function podPorts(service: Resource, workload: Workload, port: number | undefined): readonly TransportPort[] {
  if (isHeadless(service) && port !== undefined) return [{ protocol: 'TCP', number: port }];
  const entries = service
    .at('spec', 'ports')
    .items.filter((entry) => port === undefined || entry.at('port').number === port);
  return entries.flatMap((entry) => {
    const target = entry.at('targetPort');
    const named = workload.ports.find(({ name }) => name !== undefined && name === target.text);
    const number = target.number ?? (target.exists ? named?.number : entry.at('port').number);
    return number === undefined ? [] : [{ protocol: entry.at('protocol').text ?? 'TCP', number }];
  });
}
