import { PROMISES } from '../../annotations.ts';
import type { Field, Resource } from '../../field.ts';
import { groupBy, oncePerPlatform, type Platform } from '../../platform.ts';
import { each, eachContainer, eachObject, eachWorkload, type Problem, rules } from '../../rule.ts';
import { didYouMean } from '../../suggest.ts';
import type { Workload } from '../../workload.ts';
import { securityContexts } from './pod-security.ts';
import { isOfNode } from './pod-security-controls.ts';

const CONTEXT = 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/';

export const podsRules = rules({
  'no-root-group': {
    title: 'No pod is in the group of root',
    rationale: 'Files of the image and of the node that only root may write are often open to its group too.',
    docs: CONTEXT,
    check: eachWorkload(function* (workload, platform) {
      const labels = platform.find('Namespace', '', workload.namespace)?.labels ?? {};
      const isStrict = labels['pod-security.kubernetes.io/enforce'] === 'restricted' || platform.profile !== 'baseline';
      for (const context of securityContexts(workload)) {
        const groups = [context.at('runAsGroup'), context.at('fsGroup'), ...context.at('supplementalGroups').items];
        for (const at of groups.filter((group) => group.number === 0)) {
          const message = `${String(at.path.findLast((part) => typeof part === 'string'))} is 0, the group of root`;
          const fix = 'Name another group, best above 10000.';
          yield { at, message, fix, elsewhere: isStrict ? 'error' : 'note' };
        }
      }
    }),
  },
  'containers-may-start': {
    title: 'No container is told to run as what it must not be, or with a capability that no kernel has',
    rationale: 'The kubelet refuses to start it, or starts it without: the object is accepted all the same.',
    docs: CONTEXT,
    check: eachContainer(function* ({ field, name, workload }) {
      const contexts = [field, workload.pod].map((one) => one.at('securityContext'));
      const [user, isHeld] = ['runAsUser', 'runAsNonRoot'].map((key) =>
        contexts.map((context) => context.at(key)).find(({ exists }) => exists),
      );
      if (user?.number === 0 && isHeld?.flag === true) {
        const message = `container ${name} runs as user 0, which runAsNonRoot forbids`;
        yield { at: user, message, fix: 'Name another user, or take runAsNonRoot away.' };
      }
      for (const key of ['add', 'drop'])
        for (const at of field.at('securityContext', 'capabilities', key).items) yield* unknownCapability(at);
    }),
  },
  'volumes-are-served': {
    title: 'No volume is of a type that Kubernetes has given up, or of a medium that it never had',
    rationale: 'A gitRepo volume runs git as root on the node; the others need drivers that are gone.',
    docs: 'https://kubernetes.io/docs/concepts/storage/volumes/#gitrepo',
    check: each(
      ({ workloads }) => workloads.flatMap(({ pod }) => pod.at('volumes').items),
      function* (volume) {
        for (const [type, at] of volume.entries) {
          if (!/^(gitRepo|glusterfs|flocker|quobyte|storageos|scaleIO)$/.test(type)) continue;
          const fix = 'Clone in an init container into an emptyDir, or use a claim of a CSI driver.';
          yield { at, message: `volume ${volume.at('name').scalar} is a ${type}`, fix };
        }
        // The server takes any medium, and the kubelet never starts a pod with one that it does not know.
        const medium = volume.at('emptyDir', 'medium');
        if (medium.text !== undefined && !/^(|Memory|HugePages(-.+)?)$/.test(medium.text)) {
          const fix = didYouMean(medium.text, ['Memory', 'HugePages'], 'Write Memory, or leave it out for the disk.');
          yield { at: medium, message: `is ${medium.text}, a medium that no kubelet knows`, fix };
        }
      },
    ),
  },
  'volumes-leave-the-node': {
    title: 'No persistent volume is a part of the node that makes its pods the node',
    rationale: 'Pod Security sees a claim, which it allows: the pod that mounts it has the node all the same.',
    docs: 'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath',
    check: eachObject('PersistentVolume', function* ({ root }) {
      const isDisk = root.at('spec', 'volumeMode').text === 'Block';
      for (const at of [root.at('spec', 'hostPath', 'path'), root.at('spec', 'local', 'path')]) {
        if (at.text === undefined || !isOfNode(at.text) || (isDisk && at.text.startsWith('/dev/'))) continue;
        yield { at, message: `is ${at.text} of a node`, fix: 'Name a folder of its own, such as /srv/volumes/cart.' };
      }
    }),
  },
  'tokens-expire': {
    title: 'No Secret holds a token of a service account that never expires',
    rationale: 'It is good until somebody deletes it, wherever it has been copied.',
    docs: 'https://kubernetes.io/docs/concepts/security/service-accounts/#get-a-token',
    check: eachObject('Secret', function* (secret, platform) {
      const at = secret.at('type');
      if (at.text !== 'kubernetes.io/service-account-token') return;
      const account = secret.annotations['kubernetes.io/service-account.name'] ?? '';
      const isGiven = platform.find('ServiceAccount', secret.namespace, account) !== undefined;
      const message = `holds a token of ServiceAccount ${account}${isGiven ? ' that' : ', which is not given, and'} never expires`;
      const fix = 'Ask for a token that ends (kubectl create token, or a projected volume), and remove the Secret.';
      yield { at, message, fix, elsewhere: isGiven ? 'note' : 'warning' };
    }),
  },
  'read-only-root': {
    title: 'Where Pod Security is promised, no container can write to its own image',
    rationale: 'Who breaks into a process leaves tools where it can write; volumes say where that is, and how much.',
    docs: CONTEXT,
    where: PROMISES.podSecurity,
    check: eachContainer(function* ({ field, name }) {
      const at = field.at('securityContext', 'readOnlyRootFilesystem');
      if (at.flag === true) return;
      const fix = 'Set readOnlyRootFilesystem to true, and mount an emptyDir with a sizeLimit where it must write.';
      yield { at, message: `container ${name} may write to its root file system`, fix };
    }),
  },
  'service-links-off': {
    title: 'Where Pod Security is promised, no pod is told of every Service by its environment',
    rationale: 'It is given NAME_PORT=tcp://... for each: a Service redis overrides the REDIS_PORT of a program.',
    docs: 'https://kubernetes.io/docs/tutorials/services/connect-applications-service/#accessing-the-service',
    where: PROMISES.podSecurity,
    check: eachWorkload(function* ({ pod, namespace }, platform) {
      const at = pod.at('enableServiceLinks');
      const [service] = platform.inNamespace('Service', namespace);
      if (at.flag === false || !service) return;
      const variable = `${service.name.toUpperCase().replaceAll('-', '_')}_PORT`;
      const message = `gets the addresses of every Service here as variables, ${variable} among them`;
      yield { at, message, fix: 'Set enableServiceLinks to false; names are found by DNS.' };
    }),
  },
  'token-where-used': {
    title: 'A token for the Kubernetes API is mounted where the API is used, and only there',
    rationale: 'A token is a way into the API for who takes over the pod; a pod that needs one fails without it.',
    docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting',
    elsewhere: 'note',
    check: eachWorkload(function* (workload, platform) {
      const [binding] = bindingsOf(platform, workload);
      const isMounted = mountsToken(platform, workload);
      const at = workload.pod.at('automountServiceAccountToken');
      if (isMounted && !binding && platform.environmentOf(workload.namespace)) {
        const message = `mounts the token of service account ${accountOf(workload)}, to which no binding gives rights`;
        yield { at, message, fix: 'Set automountServiceAccountToken to false.' };
      }
      if (!binding || isMounted || projectsToken(workload)) return;
      const message = `${binding} gives rights to service account ${accountOf(workload)}, but its token is not mounted`;
      yield { at, message, fix: 'Set automountServiceAccountToken to true for this pod, or remove the binding.' };
    }),
  },
});

/** The service account that a workload's pods run as. */
function accountOf(workload: Workload): string {
  return workload.pod.at('serviceAccountName').text ?? workload.pod.at('serviceAccount').text ?? 'default';
}

/** Whether the token of the account is mounted: the pod decides, then the account; Kubernetes mounts it when neither does. */
function mountsToken(platform: Platform, workload: Workload): boolean {
  const account = platform.find('ServiceAccount', workload.namespace, accountOf(workload));
  return (
    workload.pod.at('automountServiceAccountToken').flag ?? account?.at('automountServiceAccountToken').flag ?? true
  );
}

/** Whether a volume brings a token instead. */
function projectsToken(workload: Workload): boolean {
  const sources = workload.pod.all('volumes', '*', 'projected', 'sources', '*', 'serviceAccountToken');
  return sources.some(({ exists }) => exists);
}

/** The bindings that give rights to a workload's account. */
function bindingsOf(platform: Platform, workload: Workload): readonly Resource[] {
  const subjects = byAccount(platform).get(`${workload.namespace}/${accountOf(workload)}`) ?? [];
  return subjects.map(({ resource }) => resource);
}

const byAccount = oncePerPlatform((platform) => {
  const bindings = platform.ofKind('RoleBinding', 'ClusterRoleBinding');
  const subjects = bindings.flatMap((binding) => binding.at('subjects').items);
  const accounts = subjects.filter((subject) => subject.at('kind').text === 'ServiceAccount');
  const keyOf = (subject: Field) =>
    `${subject.at('namespace').text ?? subject.resource.namespace}/${subject.at('name').text}`;
  return groupBy(accounts, keyOf);
});

/** Every capability of Linux, as Kubernetes writes them. */
const CAPABILITIES =
  'ALL AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM'.split(
    ' ',
  );

function* unknownCapability(at: Field): Iterable<Problem> {
  // Runtimes read them in any case, and some with CAP_ in front.
  const name = at.text?.toUpperCase();
  if (name === undefined || CAPABILITIES.includes(name)) return;
  const isPrefixed = name.startsWith('CAP_') && CAPABILITIES.includes(name.slice(4));
  const fix = isPrefixed ? `Write ${name.slice(4)}.` : didYouMean(name, CAPABILITIES, 'Name one of capabilities(7).');
  const message = `${at.text} is no capability${isPrefixed ? ': Kubernetes leaves CAP_ out' : ''}`;
  yield { at, message, fix, elsewhere: 'warning' };
}
