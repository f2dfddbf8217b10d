import { expect, it } from 'vitest';
import { checkPlatform } from '../../engine.ts';
import { exposureRules } from './exposure.ts';

function gatewayWith(protocol: string, redirects = false): readonly unknown[] {
  const metadata = { name: 'shop', namespace: 'shop' };
  const annotations = { 'guardrails/environment': 'shop', 'guardrails/promises': 'tls' };
  const filters = redirects ? [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https' } }] : [];
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', annotations } },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata,
      spec: { listeners: [{ name: 'web', protocol, hostname: '*.example.org' }] },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata,
      spec: {
        parentRefs: [{ name: 'shop', sectionName: 'web' }],
        hostnames: ['shop.example.org'],
        rules: [{ filters }],
      },
    },
  ];
}

function messages(objects: readonly unknown[]): readonly string[] {
  return checkPlatform([{ file: 'shop.yaml', objects }], { rules: exposureRules }).map(({ message }) => message);
}

it('accepts a route that is attached to an HTTPS listener', () => {
  expect(messages(gatewayWith('HTTPS'))).toEqual([]);
});

it('refuses a route that is attached to an HTTP listener alone', () => {
  expect(messages(gatewayWith('HTTP'))).toEqual(['host shop.example.org reaches no HTTPS listener of its Gateway']);
});

it('accepts a route over HTTP that redirects', () => {
  expect(messages(gatewayWith('HTTP', true))).toEqual([]);
});
