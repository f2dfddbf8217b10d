import { PROMISES } from '../../annotations.ts';
import { accountOf, bindingsOf, mountsToken, projectsToken } from '../../identity.ts';
import { rules } from '../../rule.ts';
import { securityContexts } from './pod-security.ts';
import { isOfNode } from './pod-security-controls.ts';

const CONTEXT = 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/';

export const podsRules = rules({
  'no-root-group': {
    title: 'No pod is in the group of root',
    rationale: 'Files of the image and of the node that only root may write are often open to its group too.',
    docs: CONTEXT,
    *check(platform) {
      for (const workload of platform.workloads) {
        const labels = platform.find('Namespace', '', workload.namespace)?.labels ?? {};
        const isStrict =
          labels['pod-security.kubernetes.io/enforce'] === 'restricted' || platform.profile !== 'baseline';
        for (const context of securityContexts(workload)) {
          const groups = [context.at('runAsGroup'), context.at('fsGroup'), ...context.at('supplementalGroups').items];
          for (const at of groups.filter((group) => group.number === 0)) {
            const message = `${String(at.path.findLast((part) => typeof part === 'string'))} is 0, the group of root`;
            const fix = 'Name another group, best above 10000.';
            yield { at, message, fix, elsewhere: isStrict ? 'error' : 'note' };
          }
        }
      }
    },
  },
  'volumes-are-served': {
    title: 'No volume is of a type that Kubernetes has given up',
    rationale: 'A gitRepo volume runs git as root on the node; the others need drivers that are gone.',
    docs: 'https://kubernetes.io/docs/concepts/storage/volumes/#gitrepo',
    *check({ workloads }) {
      for (const volume of workloads.flatMap(({ pod }) => pod.at('volumes').items)) {
        for (const [type, at] of volume.entries) {
          if (!/^(gitRepo|glusterfs|flocker|quobyte|storageos|scaleIO)$/.test(type)) continue;
          const fix = 'Clone in an init container into an emptyDir, or use a claim of a CSI driver.';
          yield { at, message: `volume ${volume.at('name').scalar} is a ${type}`, fix };
        }
      }
    },
  },
  'volumes-leave-the-node': {
    title: 'No persistent volume is a part of the node that makes its pods the node',
    rationale: 'Pod Security sees a claim, which it allows: the pod that mounts it has the node all the same.',
    docs: 'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath',
    *check(platform) {
      for (const { root } of platform.ofKind('PersistentVolume')) {
        const isDisk = root.at('spec', 'volumeMode').text === 'Block';
        for (const at of [root.at('spec', 'hostPath', 'path'), root.at('spec', 'local', 'path')]) {
          if (at.text === undefined || !isOfNode(at.text) || (isDisk && at.text.startsWith('/dev/'))) continue;
          yield { at, message: `is ${at.text} of a node`, fix: 'Name a folder of its own, such as /srv/volumes/cart.' };
        }
      }
    },
  },
  'tokens-expire': {
    title: 'No Secret holds a token of a service account that never expires',
    rationale: 'It is good until somebody deletes it, wherever it has been copied.',
    docs: 'https://kubernetes.io/docs/concepts/security/service-accounts/#get-a-token',
    *check(platform) {
      for (const secret of platform.ofKind('Secret')) {
        const at = secret.at('type');
        if (at.text !== 'kubernetes.io/service-account-token') continue;
        const account = secret.annotations['kubernetes.io/service-account.name'] ?? '';
        const isGiven = platform.find('ServiceAccount', secret.namespace, account) !== undefined;
        const message = `holds a token of ServiceAccount ${account}${isGiven ? ' that' : ', which is not given, and'} never expires`;
        const fix = 'Ask for a token that ends (kubectl create token, or a projected volume), and remove the Secret.';
        yield { at, message, fix, elsewhere: isGiven ? 'note' : 'warning' };
      }
    },
  },
  'read-only-root': {
    title: 'Where Pod Security is promised, no container can write to its own image',
    rationale: 'Who breaks into a process leaves tools where it can write; volumes say where that is, and how much.',
    docs: CONTEXT,
    where: PROMISES.podSecurity,
    *check({ containers }) {
      for (const { field, name } of containers) {
        const at = field.at('securityContext', 'readOnlyRootFilesystem');
        if (at.flag === true) continue;
        const fix = 'Set readOnlyRootFilesystem to true, and mount an emptyDir with a sizeLimit where it must write.';
        yield { at, message: `container ${name} may write to its root file system`, fix };
      }
    },
  },
  'service-links-off': {
    title: 'Where Pod Security is promised, no pod is told of every Service by its environment',
    rationale: 'It is given NAME_PORT=tcp://... for each: a Service redis overrides the REDIS_PORT of a program.',
    docs: 'https://kubernetes.io/docs/tutorials/services/connect-applications-service/#accessing-the-service',
    where: PROMISES.podSecurity,
    *check(platform) {
      for (const { pod, namespace } of platform.workloads) {
        const at = pod.at('enableServiceLinks');
        const service = platform.ofKind('Service').find((one) => one.namespace === namespace);
        if (at.flag === false || !service) continue;
        const variable = `${service.name.toUpperCase().replaceAll('-', '_')}_PORT`;
        const message = `gets the addresses of every Service here as variables, ${variable} among them`;
        yield { at, message, fix: 'Set enableServiceLinks to false; names are found by DNS.' };
      }
    },
  },
  'token-where-used': {
    title: 'A token for the Kubernetes API is mounted where the API is used, and only there',
    rationale: 'A token is a way into the API for who takes over the pod; a pod that needs one fails without it.',
    docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting',
    elsewhere: 'note',
    *check(platform) {
      for (const workload of platform.workloads) {
        const [binding] = bindingsOf(platform, workload);
        const isMounted = mountsToken(platform, workload);
        const at = workload.pod.at('automountServiceAccountToken');
        if (isMounted && !binding && platform.environmentOf(workload.namespace)) {
          const message = `mounts the token of service account ${accountOf(workload)}, to which no binding gives rights`;
          yield { at, message, fix: 'Set automountServiceAccountToken to false.' };
        }
        if (!binding || isMounted || projectsToken(workload)) continue;
        const message = `${binding} gives rights to service account ${accountOf(workload)}, but its token is not mounted`;
        yield { at, message, fix: 'Set automountServiceAccountToken to true for this pod, or remove the binding.' };
      }
    },
  },
});
