import type { Field } from '../../field.ts';
import type { Rule } from '../../rule.ts';

const PROMETHEUS = /^(0|(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?)$/;
const GO = /^[-+]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*)$/;

/** By API group: the fields that hold a duration, and the grammar that their owner parses them with. */
const DURATIONS: Readonly<
  Record<string, { readonly fields: ReadonlySet<string>; readonly grammar: RegExp; readonly example: string }>
> = {
  'monitoring.coreos.com': {
    fields: new Set([
      'interval',
      'scrapeTimeout',
      'for',
      'keep_firing_for',
      'evaluationInterval',
      'scrapeInterval',
      'retention',
    ]),
    grammar: PROMETHEUS,
    example: '30s, 5m or 1h30m',
  },
  'cert-manager.io': { fields: new Set(['duration', 'renewBefore']), grammar: GO, example: '2160h or 720h30m' },
  'external-secrets.io': { fields: new Set(['refreshInterval']), grammar: GO, example: '1h or 15m' },
  'argoproj.io': { fields: new Set(['duration', 'maxDuration']), grammar: GO, example: '5s or 3m' },
  'gateway.networking.k8s.io': {
    fields: new Set(['request', 'backendRequest', 'backoff', 'absoluteTimeout', 'idleTimeout']),
    grammar: /^(\d{1,5}(h|m|s|ms)){1,4}$/,
    example: '10s or 1m30s',
  },
  'traefik.io': {
    fields: new Set([
      'period',
      'checkPeriod',
      'fallbackDuration',
      'recoveryDuration',
      'initialInterval',
      'interval',
      'timeout',
    ]),
    grammar: /^(\d+|(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+)$/,
    example: '1s or 1m',
  },
};

export const durations: Rule = {
  id: 'durations',
  title: 'Durations are spelt as the program that reads them wants',
  rationale:
    'The operator refuses the object, or the whole configuration that it is part of, and goes on with the old one.',
  severity: 'error',
  docs: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/#configuration-file',
  *check(platform) {
    for (const resource of platform.resources) {
      const group = DURATIONS[resource.group];
      if (!group) continue;
      for (const at of texts(resource.at('spec'), group.fields)) {
        if (at.text === '' || group.grammar.test(at.text ?? '')) continue;
        yield {
          at,
          message: `"${at.text}" is no duration`,
          fix: `Write a number with its unit, such as ${group.example}.`,
        };
      }
    }
  },
};

/** The texts below a field that stand under one of these names. */
function* texts(field: Field, names: ReadonlySet<string>): Iterable<Field> {
  for (const item of field.items) yield* texts(item, names);
  for (const [name, value] of field.entries) {
    if (names.has(name) && value.text !== undefined) yield value;
    else yield* texts(value, names);
  }
}
