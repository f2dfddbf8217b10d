import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { EXEMPTION_PREFIX } from '../../guardrails/annotations.ts';
import type { ExternalSecretsSettings, SecretProvider } from '../plan/environment.ts';
import type { Plan, SecretSpec } from '../plan/part.ts';

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
