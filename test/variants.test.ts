import { expect, it } from 'vitest';
import type { Environment } from '../charts/environments/environment.ts';
import { production } from '../charts/environments/production.ts';
import { synthesize } from '../charts/platform.ts';
import { checkPlatform } from '../guardrails/engine.ts';
import { PLATFORM } from './platform.ts';

/** Ways to run production that none of the committed environments takes. */
const variants: readonly (readonly [string, Environment])[] = [
  ['behind a Gateway', { ...production, edge: { ...production.edge, exposure: 'gateway' } }],
  [
    'on a Redis that somebody else runs',
    {
      ...production,
      redis: {
        kind: 'external',
        target: { kind: 'url', url: 'rediss://redis.example.org:6379' },
        username: null,
        addresses: [{ cidr: '198.51.100.0/24', ports: [6379] }],
        waitReplicas: 0,
      },
    },
  ],
];

it.each(variants)('production %s breaks no guardrail', (_, environment) => {
  const files = synthesize({ ...PLATFORM, environments: [environment] });
  const documents = files.map(({ path, objects }) => ({ file: `dist/${path}`, objects }));
  const findings = checkPlatform(documents).filter(({ severity }) => severity !== 'note');
  expect(findings.map(({ rule, name, message }) => `${rule} ${name}: ${message}`)).toEqual([]);
});
