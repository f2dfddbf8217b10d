import { posix } from 'node:path';
import type { Field } from '../../field.ts';
import type { Severity } from '../../rule.ts';
import { isOfCluster, type Workload } from '../../workload.ts';

/** One control of the Pod Security Standards, as the admission plugin has it. */
export interface Control {
  readonly title: string;
  readonly rationale: string;
  readonly fix: string;
  /** Whether pods for Windows nodes are exempt: they have nothing of the kind. @default false */
  readonly isOfLinux?: true;
  readonly checks: readonly Check[];
}

type Test = RegExp | ((at: Field) => boolean);

/** How grave it is where the namespace promises nothing. */
type Gravity = (at: Field, workload: Workload) => Severity;

/** What may stand at some places of a pod, and what is said of what may not. */
export interface Check {
  /** `pod.hostPID`, `containers.ports.*.hostPort`: from a place that pod-security.ts knows, keys and `*` for every item or entry. */
  readonly paths: readonly string[];
  readonly allows: Test;
  /** What is wrong, where `{}` is the name of the container or the volume, `{key}` and `{value}` those of the field. */
  readonly says: string;
  readonly gravity: Gravity;
}

function check(
  paths: string | readonly string[],
  allows: Test,
  says: string,
  elsewhere: Severity | Gravity = 'note',
): Check {
  const gravity = typeof elsewhere === 'string' ? () => elsewhere : elsewhere;
  return { paths: [paths].flat(), allows, says, gravity };
}

/** Whether a value, as text and empty where there is none, passes. */
export function passes(test: Test, at: Field): boolean {
  return test instanceof RegExp ? test.test(String(at.value ?? '')) : test(at);
}

/** Folders by which a container becomes the node: its root, its settings, its programs, its kernel. */
const NODE_PATHS =
  /^\/((boot|dev|etc|home|lib|lib64|opt|proc|run|sbin|bin|sys|usr(\/(s?bin|lib|local))?|var(\/lib)?))?$/;
/** Trees in which every part does: the runtime, the kubelet, the store of the cluster, accounts, disks. */
const NODE_TREES =
  /^\/(root|etc\/(kubernetes|cron[^/]*|ssh|sudoers[^/]*|shadow|passwd|systemd|pam\.d)|var\/lib\/(kubelet|docker|containerd|containers|crio|etcd|rancher(?!\/k3s\/storage\/)|k0s)|var\/spool\/cron|run\/(containerd|crio|docker|k3s|podman|dockershim)|dev\/(mem|kmem|sd|nvme|vd|xvd|disk)[^/]*)(\/|$)/;

/** `/var/run` is a link to `/run` on every distribution. */
export function isOfNode(path: string): boolean {
  const plain = posix.resolve('/', path).replace(/^\/var\/run(?=\/|$)/, '/run');
  return NODE_PATHS.test(plain) || plain.endsWith('.sock') || NODE_TREES.test(plain);
}

const UNSET = /^$/;
const OFF = /^(|false)$/;
const CONFINED = /^(|RuntimeDefault|Localhost)$/;
/** What a container runtime gives by default; adding one of these adds nothing. */
const DEFAULT_CAPABILITIES =
  /^(AUDIT_WRITE|CHOWN|DAC_OVERRIDE|FOWNER|FSETID|KILL|MKNOD|NET_BIND_SERVICE|SETFCAP|SETGID|SETPCAP|SETUID|SYS_CHROOT)$/;
/** Capabilities that are as good as root on the node. */
const NODE_CAPABILITIES = /^(CAP_)?(ALL|BPF|DAC_READ_SEARCH|SYS_ADMIN|SYS_BOOT|SYS_MODULE|SYS_PTRACE|SYS_RAWIO)$/i;
const SAFE_SYSCTLS =
  /^(kernel\.shm_rmid_forced|net\.ipv4\.(ip_local_port_range|ip_local_reserved_ports|ip_unprivileged_port_start|ping_group_range|tcp_(fin_timeout|keepalive_intvl|keepalive_probes|keepalive_time|rmem|syncookies|wmem)))$/;
const SELINUX_TYPES = /^(|container_t|container_init_t|container_kvm_t|container_engine_t)$/;
const VOLUMES = /^(configMap|csi|downwardAPI|emptyDir|ephemeral|image|name|persistentVolumeClaim|projected|secret)$/;
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const HOOKS = ['startupProbe', 'livenessProbe', 'readinessProbe', 'lifecycle.postStart', 'lifecycle.preStop'];

const keyOf = (at: Field): string => String(at.path.at(-1));
/** AppArmor as annotations said it before Kubernetes 1.30. */
const isConfinedBefore = (at: Field): boolean =>
  !keyOf(at).startsWith(APP_ARMOR) || /^(runtime\/default|localhost\/.*|)$/.test(at.text ?? '?');

/** What the baseline forbids. */
export const BASELINE: Readonly<Record<string, Control>> = {
  'pod-security-app-armor': {
    title: 'No pod turns its AppArmor profile off',
    rationale: 'Unconfined takes away the fence that the runtime puts around every container.',
    fix: 'Use RuntimeDefault or a profile of the node (Localhost).',
    checks: [
      check('contexts.appArmorProfile.type', CONFINED, 'AppArmor profile is {value}', 'warning'),
      check('template.metadata.annotations.*', isConfinedBefore, 'AppArmor profile is {value}', 'warning'),
    ],
  },
  'pod-security-capabilities': {
    title: 'No container adds capabilities beyond the default set',
    rationale: 'Capabilities such as SYS_ADMIN or NET_ADMIN are ways out of the container.',
    fix: 'Remove it from capabilities.add.',
    checks: [
      check('containers.securityContext.capabilities.add.*', DEFAULT_CAPABILITIES, 'container {} adds {value}', (at) =>
        passes(NODE_CAPABILITIES, at) ? 'error' : 'note',
      ),
    ],
  },
  'pod-security-host-namespaces': {
    title: "No pod shares the host's network, processes or IPC",
    rationale: 'There a pod sees the traffic and the processes of all others, and no NetworkPolicy applies to it.',
    fix: 'Remove it.',
    checks: [
      check('pod.hostNetwork', OFF, 'sets {key}', (_, workload) => (isOfCluster(workload) ? 'note' : 'error')),
      check(['pod.hostPID', 'pod.hostIPC'], OFF, 'sets {key}', 'error'),
    ],
  },
  'pod-security-host-path': {
    title: 'No pod mounts a path of the node',
    rationale: "A path of the node leads to other pods' secrets and to the node's own sockets.",
    fix: 'Use an emptyDir, a claim or a projected volume.',
    checks: [
      check('volumes.hostPath', UNSET, 'volume {} is path {path} of the node', (at) =>
        isOfNode(at.at('path').text ?? '') ? 'error' : 'note',
      ),
    ],
  },
  'pod-security-host-ports': {
    title: 'No container takes a port of the node',
    rationale: 'A port of the node goes around Services and policies, and two such pods never share a node.',
    fix: 'Remove hostPort, and reach the pod through a Service.',
    checks: [check('containers.ports.*.hostPort', /^0?$/, 'container {} takes port {value} of the node')],
  },
  'pod-security-host-probes': {
    title: 'No probe or hook names a host',
    rationale: 'The kubelet asks for the pod: a host makes the node send requests to wherever the manifest says.',
    fix: 'Remove host: the probe then asks the pod itself.',
    checks: [
      check(
        HOOKS.flatMap((hook) => [`containers.${hook}.httpGet.host`, `containers.${hook}.tcpSocket.host`]),
        UNSET,
        'a probe of container {} asks host {value}',
      ),
    ],
  },
  'pod-security-host-process': {
    title: 'No pod runs a Windows HostProcess container',
    rationale: 'A HostProcess container is a process of the node itself, with its rights.',
    fix: 'Remove windowsOptions.hostProcess.',
    checks: [check('contexts.windowsOptions.hostProcess', OFF, 'runs as a process of the host', 'error')],
  },
  'pod-security-privileged': {
    title: 'No container is privileged',
    rationale: 'A privileged container has every right of root on the node: who breaks into it has the node.',
    fix: 'Remove privileged: true, and add the single capability that is needed.',
    checks: [check('containers.securityContext.privileged', OFF, 'container {} is privileged', 'error')],
  },
  'pod-security-proc-mount': {
    title: 'No container unmasks /proc',
    rationale: 'The masked parts of /proc tell of the node, and let a container change it.',
    fix: 'Remove procMount.',
    checks: [
      check(
        'containers.securityContext.procMount',
        /^(|Default)$/,
        'procMount of container {} is {value}',
        (_, { pod }) => (pod.at('hostUsers').flag === false ? 'note' : 'error'),
      ),
    ],
  },
  'pod-security-se-linux': {
    title: 'No pod chooses an SELinux user, role or foreign type',
    rationale: 'Another type, such as spc_t, takes the fence of SELinux away.',
    fix: 'Remove it from seLinuxOptions.',
    checks: [
      check('contexts.seLinuxOptions.type', SELINUX_TYPES, 'SELinux type is {value}', 'warning'),
      check(
        ['contexts.seLinuxOptions.user', 'contexts.seLinuxOptions.role'],
        UNSET,
        'SELinux {key} is {value}',
        'warning',
      ),
    ],
  },
  'pod-security-seccomp-confined': {
    title: 'No pod turns seccomp off',
    rationale: 'Unconfined opens every system call, those with the kernel bugs among them.',
    fix: 'Use RuntimeDefault, or Localhost with a profile of the node.',
    checks: [check('contexts.seccompProfile.type', CONFINED, 'seccomp profile is {value}', 'warning')],
  },
  'pod-security-sysctls': {
    title: 'Pods set safe kernel parameters only',
    rationale: 'The kubelet refuses a pod that sets others, or the parameter is one of the whole node.',
    fix: 'Remove it, or set it on the node.',
    checks: [check('pod.securityContext.sysctls.*.name', SAFE_SYSCTLS, 'sets {value}', 'error')],
  },
};

const CAPABILITIES = 'containers.securityContext.capabilities';

/** What the restricted level forbids beside the baseline. */
export const RESTRICTED: Readonly<Record<string, Control>> = {
  'pod-security-drop-all': {
    title: 'Every container drops all capabilities, and adds back NET_BIND_SERVICE at most',
    rationale: 'Whoever takes over a process can do what the process can do.',
    fix: 'Set securityContext.capabilities to drop: [ALL], and add NET_BIND_SERVICE at most.',
    isOfLinux: true,
    checks: [
      check(`${CAPABILITIES}.drop`, /(^|,)ALL(,|$)/, 'container {} does not drop ALL capabilities'),
      check(`${CAPABILITIES}.add.*`, /^NET_BIND_SERVICE$/, 'container {} adds {value}'),
    ],
  },
  'pod-security-privilege-escalation': {
    title: 'No container may gain rights that its parent process lacks',
    rationale: 'A setuid program in the image is then a way to root.',
    fix: 'Set securityContext.allowPrivilegeEscalation to false.',
    isOfLinux: true,
    checks: [
      check(
        'containers.securityContext.allowPrivilegeEscalation',
        /^false$/,
        'container {} does not forbid privilege escalation',
      ),
    ],
  },
  'pod-security-run-as-non-root': {
    title: 'Every container must run as another user than root',
    rationale: 'Root in the container is root on the node as soon as anything else fails.',
    fix: "Set the pod's securityContext.runAsNonRoot to true.",
    checks: [check('effective.runAsNonRoot', /^true$/, 'container {} may run as root')],
  },
  'pod-security-run-as-user': {
    title: 'No pod sets its user to root',
    rationale: 'Root in the container is root on the node as soon as anything else fails.',
    fix: 'Set runAsUser to another user than 0, best above 10000.',
    checks: [check('contexts.runAsUser', /^(?!0$)/, 'runs as user 0')],
  },
  'pod-security-seccomp': {
    title: 'Every container names a seccomp profile, its own or its pod’s',
    rationale: 'A container without a profile may make every system call that the kernel has.',
    fix: "Set the pod's securityContext.seccompProfile.type to RuntimeDefault.",
    isOfLinux: true,
    checks: [check('effective.seccompProfile.type', /./, 'container {} has no seccomp profile')],
  },
  'pod-security-volume-types': {
    title: 'Pods mount volumes of the safe types only',
    rationale: 'The other types reach the node or a storage server directly, past every check on a claim.',
    fix: 'Use a claim, an emptyDir, or a projected, configMap, secret, downwardAPI, csi or ephemeral volume.',
    checks: [check('volumes.*', (at) => VOLUMES.test(keyOf(at)), 'volume {} is a {key}')],
  },
};
