import { isRecord, type Key } from '../../guardrails/field.ts';

/** A stream of numbers in [0, 1) that a seed determines (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Values at the edges of what fields take, and of other types than they take. */
const VALUES: readonly unknown[] = [
  0,
  1,
  -1,
  65_535,
  65_536,
  2_147_483_647,
  2_147_483_648,
  -2_147_483_649,
  9_007_199_254_740_991,
  0.5,
  1.5,
  true,
  false,
  null,
  '',
  ' ',
  'a',
  'A',
  'a-',
  'a_b',
  'a.b',
  'é',
  '0',
  '1',
  '-1',
  '080',
  '100m',
  '1Gi',
  '1gi',
  '-1Gi',
  '0.5',
  '50%',
  '101%',
  '1e3',
  'true',
  '10s',
  '10.0.0.0/8',
  '10.0.0.0/33',
  '10.0.0.1',
  '::1/128',
  '*',
  '*.example.com',
  'https://example.com',
  '/',
  'a/b',
  'TCP',
  'tcp',
  'x'.repeat(63),
  'x'.repeat(64),
  'x'.repeat(254),
  'Always',
  'None',
  '* * * * *',
  '61 * * * *',
  [],
  {},
  [null],
  ['a'],
  ['a', 'a'],
  { a: 'b' },
  { a: 1 },
];
const NEW_KEYS = [
  'name',
  'port',
  'unknown',
  'protocol',
  'targetPort',
  'hostPort',
  'value',
  'valueFrom',
  'replicas',
  'hostNetwork',
  'Name',
];

interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: Key;
}

type Change = (place: Place, all: readonly Place[], random: () => number) => void;

const pick = <T>(items: readonly T[], random: () => number): T | undefined =>
  items[Math.floor(random() * items.length)];
const read = ({ holder, key }: Place): unknown => Reflect.get(holder, key);
const write = ({ holder, key }: Place, value: unknown): void => {
  Reflect.set(holder, key, structuredClone(value));
};

/** What a hand, a template or a bug does to a manifest. */
const CHANGES: readonly Change[] = [
  function deleteField({ holder, key }) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else Reflect.deleteProperty(holder, key);
  },
  function doubleItem({ holder, key }) {
    if (Array.isArray(holder)) holder.splice(Number(key), 0, structuredClone(holder[Number(key)]));
  },
  function retype(place) {
    const value = read(place);
    write(
      place,
      typeof value === 'string' ? Number(value) || [value] : typeof value === 'number' ? String(value) : [value],
    );
  },
  function setToEdge(place, _all, random) {
    write(place, pick(VALUES, random));
  },
  function nudge(place, _all, random) {
    const value = read(place);
    if (typeof value === 'number') write(place, value + (pick([-1, 1, 1000, -1000, 0.5], random) ?? 1));
    if (typeof value === 'string')
      write(
        place,
        pick([`${value}x`, value.slice(1), value.toUpperCase(), `${value}.`, `${value} `, value.repeat(9)], random),
      );
  },
  function swapWithAnother(place, all, random) {
    const other = pick(all, random);
    if (other !== undefined) write(place, read(other));
  },
  function addField(place, _all, random) {
    const value = read(place);
    if (isRecord(value)) Reflect.set(value, pick(NEW_KEYS, random) ?? 'unknown', structuredClone(pick(VALUES, random)));
  },
  function renameKey({ holder, key }, _all, random) {
    if (Array.isArray(holder)) return;
    const value = holder[key];
    Reflect.deleteProperty(holder, key);
    holder[pick([`${key}s`, String(key).toUpperCase(), String(key).slice(1) || 'x', `${key} `], random) ?? 'x'] = value;
  },
];

/** A copy with one to three changes. The kind, version and place stay: without them nobody could be asked. */
export function mutate(object: unknown, random: () => number): unknown {
  const copy = structuredClone(object);
  const changes = 1 + Math.floor(random() * 3);
  for (let change = 0; change < changes; change++) {
    const places = [...placesIn(copy, [])];
    const place = pick(places, random);
    if (place !== undefined) pick(CHANGES, random)?.(place, places, random);
  }
  return copy;
}

const FIXED = ['apiVersion', 'kind', 'metadata', 'metadata.namespace'];

function* placesIn(value: unknown, path: readonly Key[]): Iterable<Place> {
  if (Array.isArray(value)) {
    for (const [key, child] of value.entries()) {
      yield { holder: value, key };
      yield* placesIn(child, [...path, key]);
    }
  } else if (typeof value === 'object' && value !== null) {
    const holder = value as Record<string, unknown>;
    for (const [key, child] of Object.entries(holder)) {
      if (!FIXED.includes([...path, key].join('.'))) yield { holder, key };
      yield* placesIn(child, [...path, key]);
    }
  }
}
