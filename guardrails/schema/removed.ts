import type { Resource } from '../field.ts';

/** `<apiVersion> <kind or *>`: the release that stopped serving it, and the version to move to. */
const REMOVED: readonly (readonly [string, string, string, string])[] = [
  ['extensions/v1beta1', 'Ingress', '1.22', 'networking.k8s.io/v1'],
  ['extensions/v1beta1', 'NetworkPolicy', '1.16', 'networking.k8s.io/v1'],
  ['extensions/v1beta1', 'PodSecurityPolicy', '1.16', 'the labels of Pod Security admission'],
  ['extensions/v1beta1', '*', '1.16', 'apps/v1'],
  ['apps/v1beta1', '*', '1.16', 'apps/v1'],
  ['apps/v1beta2', '*', '1.16', 'apps/v1'],
  ['networking.k8s.io/v1beta1', '*', '1.22', 'networking.k8s.io/v1'],
  ['rbac.authorization.k8s.io/v1beta1', '*', '1.22', 'rbac.authorization.k8s.io/v1'],
  ['rbac.authorization.k8s.io/v1alpha1', '*', '1.23', 'rbac.authorization.k8s.io/v1'],
  ['apiextensions.k8s.io/v1beta1', '*', '1.22', 'apiextensions.k8s.io/v1'],
  ['apiregistration.k8s.io/v1beta1', '*', '1.22', 'apiregistration.k8s.io/v1'],
  ['admissionregistration.k8s.io/v1beta1', 'MutatingWebhookConfiguration', '1.22', 'admissionregistration.k8s.io/v1'],
  ['admissionregistration.k8s.io/v1beta1', 'ValidatingWebhookConfiguration', '1.22', 'admissionregistration.k8s.io/v1'],
  ['certificates.k8s.io/v1beta1', 'CertificateSigningRequest', '1.22', 'certificates.k8s.io/v1'],
  ['coordination.k8s.io/v1beta1', '*', '1.22', 'coordination.k8s.io/v1'],
  ['scheduling.k8s.io/v1beta1', '*', '1.22', 'scheduling.k8s.io/v1'],
  ['authentication.k8s.io/v1beta1', 'TokenReview', '1.22', 'authentication.k8s.io/v1'],
  ['authorization.k8s.io/v1beta1', '*', '1.22', 'authorization.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', '1.27', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', '*', '1.22', 'storage.k8s.io/v1'],
  ['batch/v1beta1', '*', '1.25', 'batch/v1'],
  ['batch/v2alpha1', '*', '1.21', 'batch/v1'],
  ['discovery.k8s.io/v1beta1', '*', '1.25', 'discovery.k8s.io/v1'],
  ['events.k8s.io/v1beta1', '*', '1.25', 'events.k8s.io/v1'],
  ['node.k8s.io/v1beta1', '*', '1.25', 'node.k8s.io/v1'],
  ['policy/v1beta1', 'PodSecurityPolicy', '1.25', 'the labels of Pod Security admission'],
  ['policy/v1beta1', '*', '1.25', 'policy/v1'],
  ['autoscaling/v2beta1', '*', '1.25', 'autoscaling/v2'],
  ['autoscaling/v2beta2', '*', '1.26', 'autoscaling/v2'],
  ['flowcontrol.apiserver.k8s.io/v1beta1', '*', '1.26', 'flowcontrol.apiserver.k8s.io/v1'],
  ['flowcontrol.apiserver.k8s.io/v1beta2', '*', '1.29', 'flowcontrol.apiserver.k8s.io/v1'],
  ['flowcontrol.apiserver.k8s.io/v1beta3', '*', '1.32', 'flowcontrol.apiserver.k8s.io/v1'],
  ['traefik.containo.us/v1alpha1', '*', 'Traefik 3', 'traefik.io/v1alpha1'],
  ['external-secrets.io/v1alpha1', '*', 'External Secrets 0.10', 'external-secrets.io/v1'],
  ['external-secrets.io/v1beta1', '*', 'External Secrets 0.17', 'external-secrets.io/v1'],
  ['cert-manager.io/v1alpha2', '*', 'cert-manager 1.6', 'cert-manager.io/v1'],
  ['cert-manager.io/v1alpha3', '*', 'cert-manager 1.6', 'cert-manager.io/v1'],
  ['cert-manager.io/v1beta1', '*', 'cert-manager 1.6', 'cert-manager.io/v1'],
];

/** Since when a kind is no longer served in this version, and what is; undefined for what is served. */
export function removalOf(resource: Resource): { readonly since: string; readonly successor: string } | undefined {
  const removed = REMOVED.find(
    ([version, kind]) => version === resource.apiVersion && (kind === '*' || kind === resource.kind),
  );
  if (!removed) return undefined;
  const [, , release, successor] = removed;
  return { since: /^\d/.test(release) ? `Kubernetes ${release}` : release, successor };
}
