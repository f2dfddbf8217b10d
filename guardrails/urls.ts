import type { Field } from './field.ts';

/** A place in a text where a host is named. */
export interface HostMention {
  readonly host: string;
  readonly port: number | undefined;
}

const URL_AUTHORITY = /\b([a-z][a-z0-9+.-]{0,20}):\/\/(?:[^\s/@"']{0,200}@)?([a-zA-Z0-9.-]+)(?::(\d+))?/g;
const CLUSTER_HOST =
  /(?<![\w.:/@-])([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}\.svc(?:\.cluster\.local)?)\.?(?::(\d+))?/g;
const BARE_LIST = /^[a-z][a-z0-9.-]*:\d{2,5}(?:,[a-z][a-z0-9.-]*:\d{2,5})*$/;

/** An item of a YAML list that is a host and a port, as the targets of Prometheus are. */
const LISTED = /^[ \t]*-[ \t]+['"]?([a-z][a-z0-9.-]*):(\d{2,5})['"]?[ \t\r]*$/gm;

/** The port that a scheme means when the URL names none. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  redis: 6379,
  rediss: 6379,
  postgres: 5432,
  postgresql: 5432,
};

/** The hosts that a text names: in URLs, as `name.namespace.svc`, or as a list of `host:port`. */
export function hostsIn({ text = '' }: Pick<Field, 'text'>): readonly HostMention[] {
  const urls = [...text.matchAll(URL_AUTHORITY)].map(([, scheme = '', host = '', port]) => ({
    host,
    port: port === undefined ? DEFAULT_PORTS[scheme] : Number(port),
  }));
  const cluster = [...text.matchAll(CLUSTER_HOST)].map(([, host = '', port]) => ({
    host,
    port: port === undefined ? undefined : Number(port),
  }));
  const bare = BARE_LIST.test(text)
    ? text.split(',').map((pair) => ({ host: pair.split(':')[0] ?? '', port: Number(pair.split(':')[1]) }))
    : [];
  const listed = [...text.matchAll(LISTED)].map(([, host = '', port]) => ({ host, port: Number(port) }));
  return [...urls, ...cluster, ...bare, ...listed];
}

/** The Service that a host name of the cluster's DNS means; undefined for names outside the cluster. `namespaces` are those known to exist. */
export function serviceOf(
  host: string,
  from: string,
  namespaces: readonly string[] = [],
): { readonly name: string; readonly namespace: string } | undefined {
  const labels = host
    .replace(/\.$/, '')
    .replace(/\.cluster\.local$/, '')
    .split('.');
  const [first = '', second = ''] = labels;
  const svc = labels.lastIndexOf('svc');
  if (svc >= 2) return { name: labels[svc - 2] ?? '', namespace: labels[svc - 1] ?? '' };
  if (labels.length === 1) return first === 'localhost' ? undefined : { name: first, namespace: from };
  if (labels.length === 2 && namespaces.includes(second)) return { name: first, namespace: second };
  if (labels.length === 2 && /-\d+$/.test(first)) return { name: second, namespace: from };
  return undefined;
}
