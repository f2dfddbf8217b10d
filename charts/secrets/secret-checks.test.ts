import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { environments } from '../environments/all.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import type { Secrets } from '../environments/secrets.ts';
import { secretProblems } from './secret-checks.ts';

type External = Extract<Secrets, { kind: 'external' }>;
const external = production.secrets as External;

describe('secrets that would never arrive, or arrive everywhere, are told', () => {
  it('but none of the committed ones', () => {
    expect(environments.flatMap((environment) => secretProblems(environment, catalog))).toEqual([]);
  });

  it('when values in git would open a public host, or data that lasts', () => {
    const [first] = secretProblems({ ...production, secrets: dev.secrets }, catalog);
    expect(first).toBe(
      'secrets are literal, so that their values would stand in git, but edge.tls has an issuer and redis keeps its data; use external secrets',
    );
    const { redis, edge } = production;
    expect(secretProblems({ ...dev, redis }, catalog)[0]).toMatch(/but redis keeps its data; use external secrets$/);
    expect(secretProblems({ ...dev, edge }, catalog)[0]).toMatch(/but edge\.tls has an issuer; use external secrets$/);
  });

  it.each(['0', '0s', 'often', ''])('when a rotated value would never be fetched: every %j', (refreshInterval) => {
    expect(secretProblems({ ...production, secrets: { ...external, refreshInterval } }, catalog)).toEqual([
      `secrets.refreshInterval '${refreshInterval}' would bring no rotated value; give a duration like 15m or 1h`,
    ]);
  });

  it('when the vault is asked in the clear', () => {
    const provider = { kind: 'vault', server: 'http://vault.example.com', path: 'kv', role: 'quotes' } as const;
    const store = { ...external.store, provider };
    expect(secretProblems({ ...production, secrets: { ...external, store } }, catalog)).toEqual([
      "secrets.store.provider.server 'http://vault.example.com' is not an https:// address; secrets travel encrypted only",
    ]);
  });
});
