import { describe, expect, it } from 'vitest';
import { at, manifestsOf, namesOf, theOnly } from '../../test/manifests.ts';
import { PLATFORM, planOf } from '../../test/platform.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import type { Environment, ExternalSecretsSettings, SecretProvider } from '../plan/environment.ts';
import type { Plan, SecretSpec } from '../plan/part.ts';
import { environmentProblems } from '../plan/problems.ts';
import { addExternalSecrets, addLiteralSecrets, createSecretCommands } from './part.ts';

const SPECS: readonly SecretSpec[] = [
  {
    name: 'admin-key',
    keys: [
      { key: 'admin-key', description: 'opens writes' },
      { key: 'admin-key-previous', description: 'before a rotation', optional: true },
    ],
  },
  { name: 'mail', namespace: 'quotes-test-monitoring', keys: [{ key: 'smtp-password', description: 'sends alerts' }] },
];

type SecretStore = ExternalSecretsSettings['store'];
const PLAN: Plan = { ...planOf({ ...production, namespace: 'quotes-test' }), secrets: SPECS };

describe('literal secrets', () => {
  const problemsOf = (change: Partial<Environment>) =>
    environmentProblems(PLATFORM, { ...dev, ...change }).filter((problem) => problem.includes('secrets are literal'));

  it('are refused where data lasts or the world reaches a host, and nowhere else', () => {
    expect(problemsOf({})).toEqual([]);
    const [problem] = problemsOf({ edge: production.edge, redis: production.redis });
    expect(problem).toContain('edge.tls has an issuer and redis keeps its data; use external secrets');
  });

  const manifests = manifestsOf((chart) => addLiteralSecrets(chart, PLAN, 'open-'));

  it('hold a value that tells its key for each of their keys, and none for what may be missing', () => {
    expect(at(theOnly(manifests, 'Secret', 'admin-key'), 'stringData')).toEqual({ 'admin-key': 'open-admin-key' });
    expect(at(theOnly(manifests, 'Secret', 'mail'), 'stringData')).toEqual({ 'smtp-password': 'open-smtp-password' });
  });

  it('say that they are public', () => {
    for (const name of ['admin-key', 'mail']) {
      expect(Object.values(at(theOnly(manifests, 'Secret', name), 'metadata.annotations') as object)).toEqual([
        'public: made for this environment, never to be used elsewhere',
      ]);
    }
  });

  it('are in their own namespace where they name one', () => {
    expect(at(theOnly(manifests, 'Secret', 'admin-key'), 'metadata.namespace')).toBe('quotes-test');
    expect(at(theOnly(manifests, 'Secret', 'mail'), 'metadata.namespace')).toBe('quotes-test-monitoring');
  });
});

describe('external secrets', () => {
  const VAULT: SecretProvider = { kind: 'vault', server: 'https://vault.example.com', path: 'kv', role: 'quotes' };

  function manifestsFrom(change: Partial<SecretStore>) {
    const store: SecretStore = { kind: 'SecretStore', name: 'vault', provider: VAULT, ...change };
    const secrets = { kind: 'external', store, refreshInterval: '15m' } as const;
    return manifestsOf((chart) => addExternalSecrets(chart, PLAN, secrets));
  }

  it('copy every key of one entry of the vault, and look again at the interval', () => {
    expect(at(theOnly(manifestsFrom({}), 'ExternalSecret', 'admin-key'), 'spec')).toEqual({
      refreshInterval: '15m',
      secretStoreRef: { kind: 'SecretStore', name: 'vault' },
      target: { name: 'admin-key', creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      dataFrom: [{ extract: { key: 'quotes-test/admin-key' } }],
    });
  });

  it('have a store, and an account by which it is entered, in each of their namespaces', () => {
    const manifests = manifestsFrom({});
    for (const kind of ['SecretStore', 'ServiceAccount']) {
      const found = manifests.filter((manifest) => manifest['kind'] === kind);
      expect(found.map((manifest) => at(manifest, 'metadata.namespace'))).toEqual([
        ...['quotes-test', 'quotes-test-monitoring'],
      ]);
    }
  });

  it('hold no value', () => {
    expect(namesOf(manifestsFrom({}), 'Secret')).toEqual([]);
  });

  it('bring no store where the cluster has one for all', () => {
    expect(manifestsFrom({ kind: 'ClusterSecretStore' }).map(({ kind }) => kind)).toEqual([
      ...['ExternalSecret', 'ExternalSecret'],
    ]);
  });

  it.each<[SecretProvider, object]>([
    [{ kind: 'aws', region: 'eu-west-1' }, { aws: { service: 'SecretsManager', region: 'eu-west-1' } }],
    [{ kind: 'gcp', project: 'quotes' }, { gcpsm: { projectID: 'quotes' } }],
  ])('may come from another provider: %o', (provider, expected) => {
    const manifests = manifestsFrom({ provider });
    const [store] = manifests.filter(({ kind }) => kind === 'SecretStore');
    expect(at(store, 'spec.provider')).toEqual(expected);
    expect(namesOf(manifests, 'ServiceAccount')).toEqual([]);
  });

  it('enter the vault as their account', () => {
    const [store] = manifestsFrom({}).filter(({ kind }) => kind === 'SecretStore');
    expect(at(store, 'spec.provider.vault')).toEqual({
      server: 'https://vault.example.com',
      path: 'kv',
      version: 'v2',
      auth: {
        kubernetes: { mountPath: 'kubernetes', role: 'quotes', serviceAccountRef: { name: 'external-secrets' } },
      },
    });
  });
});

describe('secrets made by hand', () => {
  it('take one command each, with the keys that must be there', () => {
    expect(createSecretCommands({ ...planOf(production), secrets: SPECS })).toEqual([
      `charts/secrets/fill-secret.sh ${production.namespace} admin-key admin-key`,
      'charts/secrets/fill-secret.sh quotes-test-monitoring mail smtp-password',
    ]);
  });

  it('are not needed where dist/ brings them', () => {
    expect(createSecretCommands({ ...planOf(dev), secrets: SPECS })).toEqual([]);
  });
});
