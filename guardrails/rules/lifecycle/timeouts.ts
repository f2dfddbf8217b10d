import { commandWords, type Variable, variablesOf } from '../../config-text.ts';
import type { Field } from '../../field.ts';
import { backends } from '../../network/edges.ts';
import type { Platform } from '../../platform.ts';
import { parseDuration } from '../../quantity.ts';
import { each, rules } from '../../rule.ts';
import { hostsIn, serviceAt } from '../../urls.ts';
import type { Workload } from '../../workload.ts';

/** How long a program lets one request of others take, as programs call it. */
const ANSWERS_WITHIN =
  /^((HTTP|SERVER|APP)_)?(REQUEST|RESPONSE|HANDLER|SERVER|WRITE)_TIMEOUT(_MS|_MILLIS|_S|_SECONDS)?$/;
const ADDRESS = /^([A-Z][A-Z0-9_]{0,60})_(?:URL|URI|ADDR|ADDRESS|HOST|ENDPOINT)$/;

export const timeoutsRules = rules({
  'timeouts-nest': {
    title: 'Who is called answers or gives up before its caller does',
    rationale: 'The called service works on for a caller that has gone: under load that crowds out the rest.',
    severity: 'warning',
    docs: 'https://sre.google/sre-book/addressing-cascading-failures/',
    check: each(chains, function* ({ caller, called }, platform) {
      for (const workload of called) {
        const [inner] = timeoutsIn(settingsOf(platform, workload), ANSWERS_WITHIN);
        if (inner === undefined || inner.seconds < caller.seconds) continue;
        const message = `${caller.said} gives up after ${caller.seconds} s, but ${workload} may take ${inner.seconds} s (${inner.said})`;
        const fix = `Raise it above ${inner.seconds} s, or lower ${inner.said} of ${workload}.`;
        yield { at: caller.at, message, fix };
      }
    }),
  },
});

interface Timeout {
  readonly seconds: number;
  readonly at: Field;
  readonly said: string;
}

interface Chain {
  readonly caller: Timeout;
  readonly called: readonly Workload[];
}

/** Who waits for whom, where both say how long: an address `QUOTES_URL` with `QUOTES_TIMEOUT_MS` beside it, and routes with a timeout. */
function* chains(platform: Platform): Iterable<Chain> {
  for (const workload of platform.workloads) {
    const settings = settingsOf(platform, workload);
    for (const { name, value } of settings) {
      const upstream = ADDRESS.exec(name)?.[1];
      const [mention] = upstream === undefined ? [] : hostsIn({ text: value });
      const service = mention && serviceAt(platform, workload.namespace, mention.host);
      if (!service) continue;
      const named = new RegExp(`^${upstream}(_REQUEST|_CLIENT|_READ)?_TIMEOUT(_MS|_MILLIS|_S|_SECONDS)?$`);
      for (const caller of timeoutsIn(settings, named)) yield { caller, called: platform.selectedBy(service) };
    }
  }
  for (const { at, namespace, service } of backends(platform)) {
    const target = platform.find('Service', namespace, service);
    const caller = routeTimeout(at);
    if (target && caller) yield { caller, called: platform.selectedBy(target) };
  }
}

/** What the proxy of a route waits for: of ingress-nginx a number of seconds, of Istio the route's, of a Gateway the request's or the backend's. */
function routeTimeout({ resource, path }: Field): Timeout | undefined {
  const rule = resource.at(...path.slice(0, 3));
  const own = [
    resource.annotation('nginx.ingress.kubernetes.io/proxy-read-timeout'),
    ...(resource.kind === 'VirtualService' ? [rule.at('timeout')] : []),
    ...(resource.kind === 'HTTPRoute' ? [rule.at('timeouts', 'backendRequest'), rule.at('timeouts', 'request')] : []),
  ].find(({ exists }) => exists);
  const seconds = parseDuration(own?.scalar);
  return own && seconds ? { seconds, at: own, said: `${resource}` } : undefined;
}

interface Setting extends Variable {
  /** As the manifest writes it: `quotesTimeout`, `--quotes-timeout`. */
  readonly written: string;
}

/** Variables and flags of the command line, all named as variables are: `--quotes-timeout=5s` is QUOTES_TIMEOUT. */
function settingsOf(platform: Platform, { running }: Workload): readonly Setting[] {
  return running.flatMap((container) => {
    const flags = commandWords(container).flatMap(({ word, at }) => {
      const [, name, value] = /^(--?[A-Za-z][\w.-]*)=(.+)$/.exec(word) ?? [];
      return name === undefined || value === undefined ? [] : [{ name, value, at }];
    });
    return [...variablesOf(platform, container), ...flags].map((one) => ({
      ...one,
      name: asVariable(one.name),
      written: one.name,
    }));
  });
}

function asVariable(name: string): string {
  const words = name.replace(/^-+/, '').replace(/([a-z\d])([A-Z])/g, '$1_$2');
  return words.replace(/[.-]/g, '_').toUpperCase();
}

function timeoutsIn(settings: readonly Setting[], named: RegExp): readonly Timeout[] {
  return settings.flatMap(({ name, value, at, written }) => {
    const seconds = named.test(name) ? parseDuration(value) : undefined;
    if (seconds === undefined) return [];
    const isMillis = /_(MS|MILLIS)$/.test(name) || (/TIMEOUT$/.test(name) && /^\d{4,}$/.test(value));
    return [{ seconds: isMillis ? seconds / 1000 : seconds, at, said: written }];
  });
}
