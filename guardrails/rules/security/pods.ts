import { PROMISES } from '../../annotations.ts';
import { accountOf, bindingsOf, mountsToken, projectsToken } from '../../identity.ts';
import type { Rule } from '../../rule.ts';
import { securityContexts } from './pod-security-checks.ts';
import { isOfNode } from './pod-security-controls.ts';

const REGISTRIES: readonly (readonly [RegExp, string])[] = [
  [/^(k8s\.gcr\.io|(\w+\.)?gcr\.io\/(google[_-]containers|k8s-artifacts-prod))\//, 'registry.k8s.io'],
  [/^(docker\.pkg\.github\.com)\//, 'ghcr.io'],
  [/^(gcr\.io\/kubebuilder)\//, 'registry.k8s.io/kubebuilder or quay.io/brancz'],
  [/^(quay\.io\/kubernetes-ingress-controller)\//, 'registry.k8s.io/ingress-nginx'],
];

const registryServes: Rule = {
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

const noRootGroup: Rule = {
  id: 'no-root-group',
  title: 'No pod is in the group of root',
  rationale: 'Files of the image and of the node that only root may write are often open to its group too.',
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

const volumesAreServed: Rule = {
  id: 'volumes-are-served',
  title: 'No volume is of a type that Kubernetes has given up',
  rationale:
    'A gitRepo volume runs git as root on the node, and the kubelet refuses it since Kubernetes 1.33; the others need drivers that are gone.',
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

const volumesLeaveTheNode: Rule = {
  id: 'volumes-leave-the-node',
  title: 'No persistent volume is a part of the node that makes its pods the node',
  rationale: 'Pod Security sees a claim, which it allows: the pod that mounts it has the node all the same.',
  docs: 'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath',
  *check(platform) {
    for (const volume of platform.ofKind('PersistentVolume')) {
      const isDisk = volume.at('spec', 'volumeMode').text === 'Block';
      for (const at of [volume.at('spec', 'hostPath', 'path'), volume.at('spec', 'local', 'path')]) {
        if (at.text === undefined || !isOfNode(at.text) || (isDisk && at.text.startsWith('/dev/'))) continue;
        yield { at, message: `is ${at.text} of a node`, fix: 'Name a folder of its own, such as /srv/volumes/cart.' };
      }
    }
  },
};

const tokensExpire: Rule = {
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

const readOnlyRoot: Rule = {
  id: 'read-only-root',
  title: 'Where Pod Security is promised, no container can write to its own image',
  rationale: 'Who breaks into a process leaves tools where it can write; volumes say where that is, and how much.',
  docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.podSecurity)) continue;
      for (const container of workload.containers) {
        const at = container.field.at('securityContext', 'readOnlyRootFilesystem');
        if (at.flag === true) continue;
        yield {
          at,
          message: `container ${container.name} may write to its root file system`,
          fix: 'Set readOnlyRootFilesystem to true, and mount an emptyDir with a sizeLimit where it must write.',
        };
      }
    }
  },
};

const serviceLinksOff: Rule = {
  id: 'service-links-off',
  title: 'Where Pod Security is promised, no pod is told of every Service by its environment',
  rationale:
    'The kubelet writes NAME_PORT=tcp://... for each Service: a Service named redis overrides the REDIS_PORT that a program reads, and every pod learns of all.',
  docs: 'https://kubernetes.io/docs/tutorials/services/connect-applications-service/#accessing-the-service',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.podSecurity)) continue;
      const at = workload.pod.at('enableServiceLinks');
      if (at.flag === false) continue;
      const services = platform.resources.filter(
        ({ kind, namespace }) => kind === 'Service' && namespace === workload.namespace,
      );
      if (services.length === 0) continue;
      yield {
        at,
        message: `gets the addresses of every Service here as variables, ${variableOf(services[0]?.name ?? '')} among them`,
        fix: 'Set enableServiceLinks to false; names are found by DNS.',
      };
    }
  },
};

function variableOf(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_PORT`;
}

const tokenWhereUsed: Rule = {
  id: 'token-where-used',
  title: 'A token for the Kubernetes API is mounted where the API is used, and only there',
  rationale:
    'A token is a way into the API for who takes over the pod; a pod that needs one and has none fails at its first call.',
  docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting',
  *check(platform) {
    for (const workload of platform.workloads) {
      const rights = bindingsOf(platform, workload);
      const mounted = mountsToken(platform, workload);
      const own = platform.environmentOf(workload.namespace) !== undefined;
      const at = workload.pod.at('automountServiceAccountToken');
      if (own && mounted && rights.length === 0) {
        yield {
          at,
          message: `mounts the token of service account ${accountOf(workload)}, to which no binding gives rights`,
          fix: 'Set automountServiceAccountToken to false.',
        };
      }
      const [binding] = rights;
      if (!binding || mounted || projectsToken(workload)) continue;
      yield {
        at,
        message: `${binding} gives rights to service account ${accountOf(workload)}, but its token is not mounted`,
        fix: 'Set automountServiceAccountToken to true for this pod, or remove the binding.',
        severity: own ? 'error' : 'note',
      };
    }
  },
};

export const podsRules: readonly Rule[] = [
  registryServes,
  noRootGroup,
  volumesAreServed,
  volumesLeaveTheNode,
  tokensExpire,
  readOnlyRoot,
  serviceLinksOff,
  tokenWhereUsed,
];
