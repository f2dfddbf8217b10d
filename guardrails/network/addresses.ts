/** A host, and a port where one is named, as it stands in a value, an argument or a file. */
export interface Address {
  readonly host: string;
  readonly port: number | undefined;
  /** Whether it is written as a URL, which is meant to be called; a bare word may be anything. */
  readonly isUrl: boolean;
}

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

const HOST = '[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?';
const URL_PATTERN = new RegExp(`\\b([a-z][a-z0-9+.-]{0,20})://(?:[^\\s@/"']{0,200}@)?(${HOST})(?::(\\d{1,5}))?`, 'gi');
const PORT_PATTERN = /:(\d{1,5})(?![\w:.])/g;
const WHOLE_HOST = new RegExp(`^${HOST}$`, 'i');
const LONGEST_HOST = 253;
/** What may stand in a word that holds a host: where the word starts before it, the host is only a part of something else. */
const IN_WORD = /[\w.:/@-]/;
const NAME_PATTERN = new RegExp(`(?<![\\w.:/@-])(${HOST})(?![\\w.:/@-])`, 'gi');

/** Every URL and every `host:port` in a text. */
export function addressesIn(text: string): readonly Address[] {
  const urls = [...text.matchAll(URL_PATTERN)].map(([, scheme = '', host = '', port]) => ({
    host,
    port: port === undefined ? SCHEME_PORTS[scheme.toLowerCase()] : Number(port),
    isUrl: true,
  }));
  const rest = text.replace(URL_PATTERN, ' ');
  return [...urls, ...pairsIn(rest)];
}

/** Ports are rarer than words: each is found first, and the word before it read backwards. */
function pairsIn(text: string): readonly Address[] {
  return [...text.matchAll(PORT_PATTERN)].flatMap(({ 1: port, index }) => {
    let start = index;
    while (start > 0 && index - start <= LONGEST_HOST && IN_WORD.test(text[start - 1] ?? '')) start -= 1;
    const host = text.slice(start, index);
    return WHOLE_HOST.test(host) ? [{ host, port: Number(port), isUrl: false }] : [];
  });
}

/** Words that may be host names, for values that are known to hold some (`REDIS_HOST`). */
export function hostsIn(text: string): readonly Address[] {
  return [...text.matchAll(NAME_PATTERN)].map(([, host = '']) => ({ host, port: undefined, isUrl: false }));
}
