import { describe, expect, it } from 'vitest';
import { checkPlatform } from './engine.ts';
import { readText } from './input/parse.ts';

const FEW = 500;
const GATEWAY_API = 'gateway.networking.k8s.io';
const metadata = (name: string, namespace = 'shop') => ({ name, namespace });

/** Objects that are compared with many others, or that hold many parts. */
function large(count: number): Readonly<Record<string, readonly unknown[]>> {
  const many = <T>(make: (index: number) => T): readonly T[] =>
    Array.from({ length: count }, (_, index) => make(index));
  const ports = many((index) => ({ name: `p${index}`, containerPort: 1000 + index }));
  return {
    'a Service and a policy of thousands of ports': [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: metadata('cart'),
        spec: {
          selector: { matchLabels: { app: 'cart' } },
          template: {
            metadata: { labels: { app: 'cart' } },
            spec: { containers: [{ name: 'cart', image: 'example.org/cart:1.0.0', ports }] },
          },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: metadata('cart'),
        spec: {
          selector: { app: 'cart' },
          ports: ports.map(({ name, containerPort }) => ({ name, port: containerPort, targetPort: name })),
        },
      },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: metadata('cart'),
        spec: { podSelector: {}, ingress: [{ ports: ports.map(({ name }) => ({ port: name })) }] },
      },
    ],
    'thousands of routes, each with a grant of its own': [
      ...many((index) => ({
        apiVersion: `${GATEWAY_API}/v1`,
        kind: 'HTTPRoute',
        metadata: metadata(`r${index}`),
        spec: {
          parentRefs: [{ name: 'web' }],
          hostnames: [`h${index}.example.org`],
          rules: [{ backendRefs: [{ name: `s${index}`, namespace: 'other', port: 80 }] }],
        },
      })),
      ...many((index) => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: metadata(`s${index}`, 'other'),
        spec: { ports: [{ port: 80 }] },
      })),
      ...many((index) => ({
        apiVersion: `${GATEWAY_API}/v1beta1`,
        kind: 'ReferenceGrant',
        metadata: metadata(`g${index}`, 'other'),
        spec: {
          from: [{ group: GATEWAY_API, kind: 'HTTPRoute', namespace: 'shop' }],
          to: [{ group: '', kind: 'Service', name: `s${index}` }],
        },
      })),
    ],
    'thousands of namespaces, and objects of another one': [
      ...many((index) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `n${index}` } })),
      ...many((index) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(`c${index}`) })),
    ],
  };
}

/** What a validation takes of the processor: what else runs on the machine hardly moves it, unlike time. */
function processorMs(items: readonly unknown[]): number {
  const document = readText('large.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const before = process.cpuUsage();
  const findings = checkPlatform([document]);
  const { user } = process.cpuUsage(before);
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return user / 1000;
}

describe('what a validation takes', () => {
  it.each(Object.keys(large(1)))('does not grow with the square of %s', { timeout: 120_000 }, (what) => {
    processorMs(large(FEW)[what] ?? []);
    const few = processorMs(large(FEW)[what] ?? []);
    const many = processorMs(large(8 * FEW)[what] ?? []);
    // Eight times as much in a straight line, 64 times with the square.
    expect(many / few).toBeLessThan(24);
  });
});
