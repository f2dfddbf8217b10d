import type { Resource } from '../field.ts';
import { definitionOf } from './api.ts';

const POD_SECURITY = 'the labels of Pod Security admission';

/** What stopped to serve which versions, some of one kind alone, and where to move. @default - to v1 of the same group */
const REMOVED: readonly (readonly [since: string, versions: string, successor?: string])[] = [
  ['Kubernetes 1.22', 'extensions/v1beta1/Ingress', 'networking.k8s.io/v1'],
  ['Kubernetes 1.16', 'extensions/v1beta1/NetworkPolicy', 'networking.k8s.io/v1'],
  ['Kubernetes 1.16', 'extensions/v1beta1/PodSecurityPolicy', POD_SECURITY],
  ['Kubernetes 1.16', 'extensions/v1beta1', 'apps/v1'],
  ['Kubernetes 1.16', 'apps/v1beta1 apps/v1beta2'],
  ['Kubernetes 1.21', 'batch/v2alpha1'],
  ['Kubernetes 1.27', 'storage.k8s.io/v1beta1/CSIStorageCapacity'],
  ['Kubernetes 1.22', 'networking.k8s.io/v1beta1 rbac.authorization.k8s.io/v1beta1 apiextensions.k8s.io/v1beta1'],
  ['Kubernetes 1.22', 'apiregistration.k8s.io/v1beta1 certificates.k8s.io/v1beta1/CertificateSigningRequest'],
  ['Kubernetes 1.22', 'admissionregistration.k8s.io/v1beta1/MutatingWebhookConfiguration'],
  ['Kubernetes 1.22', 'admissionregistration.k8s.io/v1beta1/ValidatingWebhookConfiguration'],
  ['Kubernetes 1.22', 'coordination.k8s.io/v1beta1 scheduling.k8s.io/v1beta1 storage.k8s.io/v1beta1'],
  ['Kubernetes 1.22', 'authentication.k8s.io/v1beta1/TokenReview authorization.k8s.io/v1beta1'],
  ['Kubernetes 1.23', 'rbac.authorization.k8s.io/v1alpha1'],
  ['Kubernetes 1.25', 'policy/v1beta1/PodSecurityPolicy', POD_SECURITY],
  [
    'Kubernetes 1.25',
    'batch/v1beta1 discovery.k8s.io/v1beta1 events.k8s.io/v1beta1 node.k8s.io/v1beta1 policy/v1beta1',
  ],
  ['Kubernetes 1.25', 'autoscaling/v2beta1', 'autoscaling/v2'],
  ['Kubernetes 1.26', 'autoscaling/v2beta2', 'autoscaling/v2'],
  ['Kubernetes 1.26', 'flowcontrol.apiserver.k8s.io/v1beta1'],
  ['Kubernetes 1.29', 'flowcontrol.apiserver.k8s.io/v1beta2'],
  ['Kubernetes 1.32', 'flowcontrol.apiserver.k8s.io/v1beta3'],
  ['Traefik 3', 'traefik.containo.us/v1alpha1', 'traefik.io/v1alpha1'],
  ['External Secrets 0.10', 'external-secrets.io/v1alpha1/ExternalSecret external-secrets.io/v1alpha1/SecretStore'],
  ['External Secrets 0.10', 'external-secrets.io/v1alpha1/ClusterSecretStore'],
  ['External Secrets 0.17', 'external-secrets.io/v1beta1'],
  ['cert-manager 1.6', 'cert-manager.io/v1alpha2 cert-manager.io/v1alpha3 cert-manager.io/v1beta1'],
];

/** Since when a kind is no longer served in this version, and what is; undefined for what is served: Kubernetes' versions come back with new kinds. */
export function removalOf(resource: Resource): { readonly since: string; readonly successor: string } | undefined {
  const { apiVersion, kind, group } = resource;
  const names = [apiVersion, `${apiVersion}/${kind}`];
  const removed = REMOVED.find(([, versions]) => versions.split(' ').some((version) => names.includes(version)));
  const [since = '', , successor = `${group}/v1`] = removed ?? [];
  if (since === '' || (since.startsWith('Kubernetes') && definitionOf(apiVersion, kind) !== undefined))
    return undefined;
  return { since, successor };
}
