import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readPlatform } from '../engine.ts';
import { parseText } from '../input/parse.ts';
import { networkOf } from './network.ts';
import type { PodEndpoint } from './policy.ts';

/** The three environments in one cluster, as they are rendered. */
const files = ['dev', 'staging', 'production'].map((name) => new URL(`../../dist/${name}.k8s.yaml`, import.meta.url));
const platform = readPlatform(files.map((file) => parseText(file.pathname, readFileSync(file, 'utf8'))));
const network = networkOf(platform);

function environmentOf({ namespace }: PodEndpoint): string {
  return platform.environmentOf(namespace)?.name ?? '';
}

function portsOf({ workload }: PodEndpoint) {
  const ports = (workload?.running ?? []).flatMap((container) => container.ports);
  return ports.flatMap(({ number, protocol }) => (number === undefined ? [] : [{ number, protocol }]));
}

/** Every way from a pod to a port of another that the policies let through. */
function ways(isAsked: (from: PodEndpoint, to: PodEndpoint) => boolean): readonly string[] {
  return network.pods.flatMap((from) =>
    network.pods
      .filter((to) => isAsked(from, to))
      .flatMap((to) =>
        [...portsOf(to), { number: 1, protocol: 'TCP' }]
          .filter((port) => network.allows(from, to, port))
          .map(({ number }) => `${from.name} -> ${to.name}:${number}`),
      ),
  );
}

it('lets no pod of one environment reach a pod of another', () => {
  expect(new Set(network.pods.map(environmentOf))).toEqual(new Set(['dev', 'staging', 'production']));
  expect(ways((from, to) => environmentOf(from) !== environmentOf(to))).toEqual([]);
});

it('lets the pods of each environment reach each other: the test above would see a way', () => {
  for (const name of ['dev', 'staging', 'production']) {
    expect(ways((from, to) => environmentOf(from) === name && environmentOf(to) === name)).not.toEqual([]);
  }
});
