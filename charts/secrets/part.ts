import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { EXEMPTION_PREFIX } from '../../guardrails/annotations.ts';
import type { Environment, ExternalSecretsSettings, SecretProvider } from '../plan/environment.ts';
import { EMPTY_PART, type Part, type PartContext, type Plan, type SecretSpec } from '../plan/part.ts';

/** Where the values of the platform's Secrets come from: values that everyone may know, or a vault. */
export function secretsPart({ environment }: PartContext): Part[] {
  const { secrets } = environment;
  return [
    {
      ...EMPTY_PART,
      name: 'secrets',
      problems: secrets.kind === 'literal' ? openValues(environment) : [],
      render: (scope, plan) => {
        if (secrets.kind === 'literal') addLiteralSecrets(scope, plan, secrets.prefix);
      },
      renderAddons: (scope, plan) => {
        if (secrets.kind === 'external') new ExternalSecrets(scope, 'secrets', { plan, secrets });
      },
    },
  ];
}

/** Values that everyone can read in git must open nothing: no data that lasts, no host that the world reaches. */
function openValues({ edge, redis }: Environment): string[] {
  const keeps = redis !== undefined && (redis.kind === 'external' || redis.persistence.kind === 'volume');
  const opened = [
    ...(edge.tls.kind === 'none' ? [] : ['edge.tls has an issuer']),
    ...(keeps ? ['redis keeps its data'] : []),
  ];
  if (opened.length === 0) return [];
  return [
    `secrets are literal, so that their values would stand in git, but ${opened.join(' and ')}; use external secrets`,
  ];
}

/** Secrets whose values stand in dist/, and say so: for an environment that holds nothing worth stealing. */
export function addLiteralSecrets(scope: Construct, plan: Plan, prefix: string): void {
  const parent = new Construct(scope, 'secrets');
  for (const { name, namespace, keys } of plan.secrets) {
    const required = keys.filter(({ optional }) => optional !== true);
    new k8s.KubeSecret(parent, name, {
      metadata: {
        name,
        labels: plan.labels({ name, component: 'platform' }),
        annotations: {
          'guardrails/secret-values': 'public: made for this environment, never to be used elsewhere',
        },
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

export interface ExternalSecretsProps {
  readonly plan: Plan;
  readonly secrets: ExternalSecretsSettings;
}

/** One ExternalSecret per Secret that the platform needs: the operator copies the values, and copies them again when they change. */
export class ExternalSecrets extends Construct {
  constructor(scope: Construct, id: string, props: ExternalSecretsProps) {
    super(scope, id);
    const { plan, secrets } = props;
    const namespaces = new Set(plan.secrets.map(({ namespace }) => namespace ?? plan.environment.namespace));
    if (secrets.store.kind === 'SecretStore') for (const namespace of namespaces) this.addStore(namespace, props);
    for (const spec of plan.secrets) this.addSecret(spec, props);
  }

  private addStore(namespace: string, { plan, secrets }: ExternalSecretsProps): void {
    const labels = plan.labels({ name: secrets.store.name, component: 'platform' });
    if (secrets.store.provider.kind === 'vault') {
      new ApiObject(this, `${namespace}-account`, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: STORE_ACCOUNT, namespace, labels },
        automountServiceAccountToken: false,
      });
    }
    new ApiObject(this, `${namespace}-store`, {
      apiVersion: API_VERSION,
      kind: 'SecretStore',
      metadata: { name: secrets.store.name, namespace, labels },
      spec: { provider: providerOf(secrets.store.provider) },
    });
  }

  private addSecret(spec: SecretSpec, { plan, secrets }: ExternalSecretsProps): void {
    const instance = plan.environment.namespace;
    const namespace = spec.namespace ?? instance;
    new ApiObject(this, `${namespace}-${spec.name}`, {
      apiVersion: API_VERSION,
      kind: 'ExternalSecret',
      metadata: {
        name: spec.name,
        namespace,
        labels: plan.labels({ name: spec.name, component: 'platform' }),
        ...(secrets.store.kind === 'ClusterSecretStore' ? { annotations: STORE_OF_THE_CLUSTER } : {}),
      },
      spec: {
        refreshInterval: secrets.refreshInterval,
        secretStoreRef: { kind: secrets.store.kind, name: secrets.store.name },
        target: { name: spec.name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
        // All properties of one vault entry: a key that is added for a rotation arrives without a change here.
        dataFrom: [{ extract: { key: `${instance}/${spec.name}` } }],
      },
    });
  }
}

function providerOf(provider: SecretProvider): Record<string, unknown> {
  switch (provider.kind) {
    case 'vault':
      return {
        vault: {
          server: provider.server,
          path: provider.path,
          version: 'v2',
          auth: {
            kubernetes: { mountPath: 'kubernetes', role: provider.role, serviceAccountRef: { name: STORE_ACCOUNT } },
          },
        },
      };
    case 'aws':
      return { aws: { service: 'SecretsManager', region: provider.region } };
    case 'gcp':
      return { gcpsm: { projectID: provider.project } };
  }
}
