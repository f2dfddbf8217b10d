import { describe, expect, it } from 'vitest';
import { at, manifestsOf, namesOf, theOnly } from '../../test/manifests.ts';
import { catalog } from '../catalog.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import type { SecretProvider, SecretStore } from '../environments/secrets.ts';
import { front } from '../services/front.ts';
import { search } from '../services/search.ts';
import { users } from '../services/users.ts';
import { secretFilesOf } from './app-secrets.ts';
import { createSecretCommands } from './create-commands.ts';
import { ExternalSecrets } from './external-secrets.ts';
import { LiteralSecrets, missingValues } from './literal-secrets.ts';
import type { SecretSpec } from './secret-spec.ts';
import { secretsOf } from './secrets-of.ts';

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

describe('literal secrets', () => {
  const values = { 'admin-key': 'dev-key', 'smtp-password': 'dev-mail', unused: 'x' };
  const manifests = manifestsOf(
    (chart) => new LiteralSecrets(chart, 'secrets', { instance: 'quotes-test', specs: SPECS, values }),
  );

  it('hold the values of their keys and no others', () => {
    expect(at(theOnly(manifests, 'Secret', 'admin-key'), 'stringData')).toEqual({ 'admin-key': 'dev-key' });
    expect(at(theOnly(manifests, 'Secret', 'mail'), 'stringData')).toEqual({ 'smtp-password': 'dev-mail' });
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

  it('must have a value for every key that is not optional', () => {
    expect(missingValues(SPECS, values)).toEqual([]);
    expect(missingValues(SPECS, { 'smtp-password': '' })).toEqual([
      "secrets.values['admin-key'] is missing (opens writes); give it a value",
      "secrets.values['smtp-password'] is missing (sends alerts); give it a value",
    ]);
  });
});

describe('external secrets', () => {
  const VAULT: SecretProvider = { kind: 'vault', server: 'https://vault.example.com', path: 'kv', role: 'quotes' };

  function manifestsFrom(change: Partial<SecretStore>) {
    const store: SecretStore = { kind: 'SecretStore', name: 'vault', provider: VAULT, ...change };
    const secrets = { kind: 'external', store, refreshInterval: '15m' } as const;
    return manifestsOf(
      (chart) => new ExternalSecrets(chart, 'secrets', { instance: 'quotes-test', specs: SPECS, secrets }),
    );
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
    expect(createSecretCommands(production, SPECS)).toEqual([
      'charts/secrets/fill-secret.sh quotes-production admin-key admin-key',
      'charts/secrets/fill-secret.sh quotes-test-monitoring mail smtp-password',
    ]);
  });

  it('are not needed where dist/ brings them', () => {
    expect(createSecretCommands(dev, SPECS)).toEqual([]);
  });
});

describe('the files that a service mounts', () => {
  it('are only those that it uses', () => {
    const secretsIn = (files: ReturnType<typeof secretFilesOf>) => files.flatMap(({ keys }) => keys);
    expect(secretsIn(secretFilesOf(users, production))).toEqual([
      'admin-key',
      'admin-key-previous',
      'admin-keys',
      'redis-users-password',
    ]);
    expect(secretsIn(secretFilesOf(search, production))).toEqual(['redis-search-password']);
    expect(secretsIn(secretFilesOf(front, production))).toEqual([]);
  });

  it('start a pod although a rotation is not under way', () => {
    const optional = secretFilesOf(users, production).filter((files) => files.optional);
    expect(optional.map(({ keys }) => keys)).toEqual([['admin-key-previous'], ['admin-keys']]);
  });

  it.each([dev, production])('are in Secrets that $name has', (environment) => {
    const provided = secretsOf(environment, catalog).flatMap(({ name, keys }) =>
      keys.map(({ key }) => `${name}/${key}`),
    );
    for (const { secret, keys } of secretFilesOf(users, production)) {
      for (const key of keys) expect(provided).toContain(`${secret}/${key}`);
    }
  });
});
