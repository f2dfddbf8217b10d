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

/** Names of the workloads whose policies let them out to an address. */
function callersOf(ip: string, ...ports: readonly number[]): readonly string[] {
  const address = { kind: 'address', name: ip, ip } as const;
  const callers = network.pods.filter((from) =>
    ports.some((number) => network.allows(from, address, { number, protocol: 'TCP' })),
  );
  return [...new Set(callers.map(({ name }) => name.split('/').at(-1) ?? ''))].sort();
}

it.each([
  ["the cloud's metadata", '169.254.169.254'],
  ['the internet', '203.0.113.7'],
])('lets no pod reach %s', (_, ip) => {
  expect(callersOf(ip, 80, 443, 587, 6_443)).toEqual([]);
});

it('lets the monitoring alone reach the API server and the mail server', () => {
  expect(callersOf('10.96.0.1', 443)).toEqual(['kube-state-metrics', 'prometheus']);
  expect(callersOf('10.96.0.1', 587)).toEqual(['alertmanager']);
  expect(callersOf('10.96.0.1', 80, 22, 8_080)).toEqual([]);
});
