import type { Rule } from '../../rule.ts';
import { securityContexts } from './security-context.ts';

const REGISTRIES: readonly (readonly [RegExp, string])[] = [
  [/^(k8s\.gcr\.io|gcr\.io\/google[_-]containers)\//, 'registry.k8s.io'],
  [/^(docker\.pkg\.github\.com)\//, 'ghcr.io'],
  [/^(gcr\.io\/kubebuilder)\//, 'registry.k8s.io/kubebuilder or quay.io/brancz'],
  [/^(quay\.io\/kubernetes-ingress-controller)\//, 'registry.k8s.io/ingress-nginx'],
];

export const registryServes: Rule = {
  id: 'registry-serves',
  title: 'No image comes from a registry that has been given up',
  rationale: 'The image can be gone on the day on which a new node has to pull it.',
  severity: 'warning',
  docs: 'https://kubernetes.io/blog/2023/03/10/image-registry-redirect/',
  *check(platform) {
    for (const { containers } of platform.workloads) {
      for (const { image, name } of containers) {
        const given = REGISTRIES.find(([pattern]) => pattern.test(image.text ?? ''));
        if (!given) continue;
        yield {
          at: image,
          message: `container ${name} pulls ${image.text} from a registry that has been given up`,
          fix: `Pull it from ${given[1]}.`,
        };
      }
    }
  },
};

export const noRootGroup: Rule = {
  id: 'no-root-group',
  title: 'No pod is in the group of root',
  rationale: 'Files of the image and of the node that only root may write are often open to its group too.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
  *check(platform) {
    for (const workload of platform.workloads) {
      const { namespace } = workload;
      const labels = platform.find('Namespace', '', namespace)?.labels ?? {};
      const isStrict =
        platform.environmentOf(namespace) !== undefined ||
        labels['pod-security.kubernetes.io/enforce'] === 'restricted' ||
        platform.profile !== 'baseline';
      for (const context of securityContexts(workload)) {
        const groups = [context.at('runAsGroup'), context.at('fsGroup'), ...context.at('supplementalGroups').items];
        for (const at of groups.filter((group) => group.number === 0)) {
          const key = at.path.findLast((part) => typeof part === 'string');
          yield {
            at,
            message: `${key} is 0, the group of root`,
            fix: 'Name another group, best above 10000.',
            severity: isStrict ? 'error' : 'note',
          };
        }
      }
    }
  },
};

export const seccompProfileNamed: Rule = {
  id: 'seccomp-profile-named',
  title: 'A seccomp or AppArmor profile of the node is named, and only such a one',
  rationale: 'The API server refuses the pod.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tutorials/security/seccomp/',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const context of securityContexts(workload)) {
        for (const profile of [context.at('seccompProfile'), context.at('appArmorProfile')]) {
          const [isLocal, isNamed] = [profile.at('type').text === 'Localhost', profile.at('localhostProfile').exists];
          if (!profile.exists || isLocal === isNamed) continue;
          const message = isLocal
            ? 'is Localhost and names no localhostProfile'
            : 'names a localhostProfile, but its type is not Localhost';
          yield {
            at: profile,
            message,
            fix: 'Set type: Localhost and localhostProfile together, or type: RuntimeDefault alone.',
          };
        }
      }
    }
  },
};

export const volumesAreServed: Rule = {
  id: 'volumes-are-served',
  title: 'No volume is of a type that Kubernetes has given up',
  rationale:
    'A gitRepo volume runs git as root on the node, and the kubelet refuses it since Kubernetes 1.33; the others need drivers that are gone.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/storage/volumes/#gitrepo',
  *check(platform) {
    for (const { pod } of platform.workloads) {
      for (const volume of pod.at('volumes').items) {
        for (const [type, at] of volume.entries) {
          if (!/^(gitRepo|glusterfs|flocker|quobyte|storageos|scaleIO)$/.test(type)) continue;
          yield {
            at,
            message: `volume ${volume.at('name').scalar} is a ${type}`,
            fix: 'Clone in an init container into an emptyDir, or use a claim of a CSI driver.',
          };
        }
      }
    }
  },
};

export const tokensExpire: Rule = {
  id: 'tokens-expire',
  title: 'No Secret holds a token of a service account that never expires',
  rationale:
    'Such a token is good until somebody deletes it, wherever it has been copied; without its account it is deleted at once.',
  severity: 'warning',
  docs: 'https://kubernetes.io/docs/concepts/security/service-accounts/#get-a-token',
  *check(platform) {
    for (const secret of platform.ofKind('Secret')) {
      if (secret.at('type').text !== 'kubernetes.io/service-account-token') continue;
      const account = secret.annotations['kubernetes.io/service-account.name'] ?? '';
      const isGiven = platform.find('ServiceAccount', secret.namespace, account) !== undefined;
      yield {
        at: secret.at('type'),
        message: isGiven
          ? `holds a token of ServiceAccount ${account} that never expires`
          : `holds a token of ServiceAccount ${account}, which is not given, and never expires`,
        fix: 'Ask for a token that ends (kubectl create token, or a projected volume), and remove the Secret.',
        severity: platform.environmentOf(secret.namespace) ? 'error' : isGiven ? 'note' : 'warning',
      };
    }
  },
};
