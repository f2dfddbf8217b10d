import { describe, expect, it } from 'vitest';
import { checkPlatform } from './engine.ts';
import { readText } from './input/parse.ts';

const MANY = 4000;
const GATEWAY_API = 'gateway.networking.k8s.io';
const many = <T>(make: (index: number) => T): readonly T[] => Array.from({ length: MANY }, (_, index) => make(index));
const ports = many((index) => ({ name: `p${index}`, containerPort: 1000 + index }));
const metadata = (name: string, namespace = 'shop') => ({ name, namespace });

/** Objects that are compared with many others, or that hold many parts. */
const LARGE = {
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

describe('the time of a validation', () => {
  it.each(Object.entries(LARGE))('does not grow with the square of %s', (_what, items) => {
    const document = readText('large.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const before = performance.now();
    const findings = checkPlatform([document]);
    // With the square it takes 7 to 30 s, and 0.5 to 2 s without.
    expect(performance.now() - before).toBeLessThan(6000);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
