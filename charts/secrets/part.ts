import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { EXEMPTION_PREFIX } from '../../guardrails/annotations.ts';
import { problemsWhere, when } from '../constructs/lists.ts';
import type { Environment, ExternalSecretsSettings, SecretProvider } from '../plan/environment.ts';
import { certificateSecret } from '../plan/internal-tls.ts';
import { EMPTY_PART, type Part, type PartContext, type Plan } from '../plan/part.ts';
import { namedConnections, type ServiceSpec } from '../plan/service-spec.ts';
import { STORE } from '../redis/acl.ts';

/** Where the values of the platform's Secrets come from: values that everyone may know, or a vault; and certificates from cert-manager. */
export function secretsPart({ environment, catalog }: PartContext): Part[] {
  const { secrets, internalTls } = environment;
  return [
    {
      ...EMPTY_PART,
      name: 'secrets',
      problems: [
        ...(secrets.kind === 'literal' ? openValues(environment) : []),
        ...(internalTls === undefined ? [] : callersWithoutCertificate(environment, catalog)),
      ],
      render: (scope, plan) => {
        if (secrets.kind === 'literal') addLiteralSecrets(scope, plan, secrets.prefix);
      },
      renderAddons: (scope, plan) => {
        if (secrets.kind === 'external') addExternalSecrets(scope, plan, secrets);
        if (internalTls !== undefined) addCertificates(scope, plan, internalTls.certificateDays);
      },
    },
  ];
}

/** Values that everyone can read in git must open nothing: no data that lasts, no host that the world reaches. */
function openValues({ edge, redis }: Environment): readonly string[] {
  const keeps = redis !== undefined && (redis.kind === 'external' || redis.persistence.kind === 'volume');
  const opened = [
    ...problemsWhere({ 'edge.tls has an issuer': edge.tls.kind !== 'none', 'redis keeps its data': keeps }),
  ].join(' and ');
  return when(
    opened !== '',
    `secrets are literal, so that their values would stand in git, but ${opened}; use external secrets`,
  );
}

/** A service that speaks plain text reaches nobody who asks for a certificate. */
function callersWithoutCertificate({ redis }: Environment, catalog: readonly ServiceSpec[]): string[] {
  const asking = new Set([
    ...(redis === undefined || redis.kind === 'external' ? [] : [STORE]),
    ...catalog.filter(({ tlsDir }) => tlsDir !== undefined).map(({ name }) => name),
  ]);
  return catalog
    .filter(({ tlsDir }) => tlsDir === undefined)
    .flatMap((caller) => namedConnections(caller).map(({ to }) => ({ caller, to })))
    .filter(({ to }) => asking.has(to))
    .map(
      ({ caller, to }) =>
        `internalTls is given, but ${caller.name} calls ${to} and has no tlsDir to show a certificate from; give it one, or leave internalTls out`,
    );
}

/**
 * An authority of the environment's own, so that no other environment's certificate opens anything here, and what it signs. Its key stays
 * the same for ten years: with another one, pods that got the new authority first would refuse those that did not yet.
 */
function addCertificates(scope: Construct, plan: Plan, days: number): void {
  const parent = new Construct(scope, 'internal-tls');
  const { namespace } = plan.environment;
  const object = (kind: string, name: string, spec: object) =>
    new ApiObject(parent, `${name}-${kind.toLowerCase()}`, {
      apiVersion: 'cert-manager.io/v1',
      kind,
      metadata: { name, namespace, labels: plan.labels({ name, component: 'platform' }) },
      spec,
    });
  const privateKey = { algorithm: 'ECDSA', size: 256 };
  object('Issuer', ROOT_ISSUER, { selfSigned: {} });
  object('Certificate', AUTHORITY, {
    isCA: true,
    commonName: `${namespace} inside`,
    secretName: AUTHORITY,
    duration: '87600h',
    privateKey: { ...privateKey, rotationPolicy: 'Never' },
    issuerRef: { kind: 'Issuer', name: ROOT_ISSUER },
  });
  object('Issuer', AUTHORITY, { ca: { secretName: AUTHORITY } });
  for (const { name, dnsNames } of plan.certificates)
    object('Certificate', name, {
      secretName: certificateSecret(name),
      dnsNames,
      duration: `${days * 24}h`,
      usages: ['digital signature', 'server auth', 'client auth'],
      privateKey: { ...privateKey, rotationPolicy: 'Always' },
      issuerRef: { kind: 'Issuer', name: AUTHORITY },
    });
}

const ROOT_ISSUER = 'internal-root';
const AUTHORITY = 'internal-authority';

/** Secrets whose values stand in dist/, and say so: for an environment that holds nothing worth stealing. */
export function addLiteralSecrets(scope: Construct, plan: Plan, prefix: string): void {
  const parent = new Construct(scope, 'secrets');
  for (const { name, namespace, keys } of plan.secrets) {
    const required = keys.filter(({ optional }) => optional !== true);
    new k8s.KubeSecret(parent, name, {
      metadata: {
        name,
        labels: plan.labels({ name, component: 'platform' }),
        annotations: { 'guardrails/secret-values': 'public: made for this environment, never to be used elsewhere' },
        ...(namespace === undefined ? {} : { namespace }),
      },
      stringData: Object.fromEntries(required.map(({ key }) => [key, `${prefix}${key}`])),
    });
  }
}

/**
 * For a cluster without the External Secrets operator: one line per secret. It asks for the values, because on a command line every user
 * of the machine could read them, and the shell's history would keep them.
 */
export function createSecretCommands({ environment, secrets }: Plan): string[] {
  if (environment.secrets.kind !== 'external') return [];
  return secrets.map(({ name, namespace, keys }) => {
    const asked = keys.filter(({ optional }) => optional !== true).map(({ key }) => key);
    return ['charts/secrets/fill-secret.sh', namespace ?? environment.namespace, name, ...asked].join(' ');
  });
}

/** The version that External Secrets serves since 0.16; v1beta1 is gone. */
const API_VERSION = 'external-secrets.io/v1';

/** Account by which the operator identifies itself to a vault with Kubernetes authentication. */
const STORE_ACCOUNT = 'external-secrets';

/** The cluster's own store is nobody's object here. */
const STORE_OF_THE_CLUSTER = {
  [`${EXEMPTION_PREFIX}custom-references-exist`]:
    'this environment chose the ClusterSecretStore that the cluster has for all',
};

/** One ExternalSecret per Secret that the platform needs: the operator copies the values, and copies them again when they change. */
export function addExternalSecrets(scope: Construct, plan: Plan, { store, refreshInterval }: ExternalSecretsSettings) {
  const parent = new Construct(scope, 'secrets');
  const instance = plan.environment.namespace;
  const metadataOf = (name: string, namespace: string) => {
    return { name, namespace, labels: plan.labels({ name, component: 'platform' }) };
  };
  const namespaces = new Set(plan.secrets.map(({ namespace = instance }) => namespace));
  for (const namespace of store.kind === 'SecretStore' ? namespaces : [])
    addStore(parent, metadataOf(store.name, namespace), store.provider);
  for (const { name, namespace = instance } of plan.secrets)
    new ApiObject(parent, `${namespace}-${name}`, {
      apiVersion: API_VERSION,
      kind: 'ExternalSecret',
      metadata: {
        ...metadataOf(name, namespace),
        ...(store.kind === 'ClusterSecretStore' ? { annotations: STORE_OF_THE_CLUSTER } : {}),
      },
      spec: {
        refreshInterval,
        secretStoreRef: { kind: store.kind, name: store.name },
        target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
        // All properties of one vault entry: a key that is added for a rotation arrives without a change here.
        dataFrom: [{ extract: { key: `${instance}/${name}` } }],
      },
    });
}

type StoreMetadata = { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> };

function addStore(parent: Construct, metadata: StoreMetadata, provider: SecretProvider): void {
  const { namespace, labels } = metadata;
  if (provider.kind === 'vault')
    new ApiObject(parent, `${namespace}-account`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: STORE_ACCOUNT, namespace, labels },
      automountServiceAccountToken: false,
    });
  const spec = { provider: providerOf(provider) };
  new ApiObject(parent, `${namespace}-store`, { apiVersion: API_VERSION, kind: 'SecretStore', metadata, spec });
}

function providerOf(provider: SecretProvider): Record<string, unknown> {
  switch (provider.kind) {
    case 'vault': {
      const { server, path, role } = provider;
      const kubernetes = { mountPath: 'kubernetes', role, serviceAccountRef: { name: STORE_ACCOUNT } };
      return { vault: { server, path, version: 'v2', auth: { kubernetes } } };
    }
    case 'aws':
      return { aws: { service: 'SecretsManager', region: provider.region } };
    case 'gcp':
      return { gcpsm: { projectID: provider.project } };
  }
}
