import { posix } from 'node:path';
import type { Field } from '../../field.ts';
import { type Control, check } from './pod-security-checks.ts';

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

const isUnset = (at: Field): boolean => !at.exists;
const isOff = (at: Field): boolean => at.flag !== true;
const isEmpty = (at: Field): boolean => (at.text ?? '') === '';
const isConfined = (at: Field): boolean => isUnset(at) || /^(RuntimeDefault|Localhost)$/.test(at.text ?? '');
const like =
  (pattern: RegExp) =>
  (at: Field): boolean =>
    pattern.test(at.text ?? '');
const always = (): boolean => true;
const keyOf = (at: Field): string => String(at.path.at(-1));
const isOn = (at: Field): boolean => at.flag === true;
const isForbidden = (at: Field): boolean => at.flag === false;
const isSet = (at: Field): boolean => at.exists;
const isZero = (at: Field): boolean => (at.number ?? 0) === 0;
const isNotRoot = (at: Field): boolean => at.number !== 0;
const isDefault = (at: Field): boolean => isUnset(at) || at.text === 'Default';
const isContainerType = (at: Field): boolean => isUnset(at) || SELINUX_TYPES.test(at.text ?? '?');
const isPlainVolume = (at: Field): boolean => VOLUMES.test(keyOf(at));
const dropsAll = (at: Field): boolean => at.items.some(({ text }) => text === 'ALL');
const isNode = (at: Field): boolean => isOfNode(at.at('path').text ?? '');
const seesProcesses = (at: Field): boolean => keyOf(at) !== 'hostNetwork';
/** AppArmor as annotations said it before Kubernetes 1.30. */
const isConfinedBefore = (at: Field): boolean =>
  !keyOf(at).startsWith(APP_ARMOR) || /^(runtime\/default|localhost\/.*|)$/.test(at.text ?? '?');

/** What a container runtime gives by default; adding one of these adds nothing. */
const DEFAULT_CAPABILITIES =
  /^(AUDIT_WRITE|CHOWN|DAC_OVERRIDE|FOWNER|FSETID|KILL|MKNOD|NET_BIND_SERVICE|SETFCAP|SETGID|SETPCAP|SETUID|SYS_CHROOT)$/;
/** Capabilities that are as good as root on the node. */
const NODE_CAPABILITIES = /^(CAP_)?(ALL|BPF|DAC_READ_SEARCH|SYS_ADMIN|SYS_BOOT|SYS_MODULE|SYS_PTRACE|SYS_RAWIO)$/i;
const SAFE_SYSCTLS =
  /^(kernel\.shm_rmid_forced|net\.ipv4\.(ip_local_port_range|ip_local_reserved_ports|ip_unprivileged_port_start|ping_group_range|tcp_(fin_timeout|keepalive_intvl|keepalive_probes|keepalive_time|rmem|syncookies|wmem)))$/;
const SELINUX_TYPES = /^(|container_t|container_init_t|container_kvm_t|container_engine_t)$/;
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const VOLUMES = /^(configMap|csi|downwardAPI|emptyDir|ephemeral|image|name|persistentVolumeClaim|projected|secret)$/;

const HOOKS = ['startupProbe', 'livenessProbe', 'readinessProbe', 'lifecycle.postStart', 'lifecycle.preStop'];

/** What the baseline forbids. */
export const BASELINE: readonly Control[] = [
  {
    id: 'pod-security-app-armor',
    title: 'No pod turns its AppArmor profile off',
    rationale: 'Unconfined takes away the fence that the runtime puts around every container.',
    fix: 'Use RuntimeDefault or a profile of the node (Localhost).',
    checks: [
      check('contexts.appArmorProfile.type', isConfined, 'AppArmor profile is {value}'),
      check('template.metadata.annotations.*', isConfinedBefore, 'AppArmor profile is {value}'),
    ],
  },
  {
    id: 'pod-security-capabilities',
    title: 'No container adds capabilities beyond the default set',
    rationale: 'Capabilities such as SYS_ADMIN or NET_ADMIN are ways out of the container.',
    fix: 'Remove it from capabilities.add.',
    checks: [
      check(
        'containers.securityContext.capabilities.add.*',
        like(DEFAULT_CAPABILITIES),
        'container {} adds {value}',
        like(NODE_CAPABILITIES),
      ),
    ],
  },
  {
    id: 'pod-security-host-namespaces',
    title: "No pod shares the host's network, processes or IPC",
    rationale:
      "In the host's namespaces a pod sees the traffic and the processes of every other pod, and no NetworkPolicy applies to it.",
    fix: 'Remove it.',
    checks: [check(['pod.hostNetwork', 'pod.hostPID', 'pod.hostIPC'], isOff, 'sets {key}', seesProcesses)],
  },
  {
    id: 'pod-security-host-path',
    title: 'No pod mounts a path of the node',
    rationale: "A path of the node leads to other pods' secrets and to the node's own sockets.",
    fix: 'Use an emptyDir, a claim or a projected volume.',
    checks: [check('volumes.hostPath', isUnset, 'volume {} is path {path} of the node', isNode)],
  },
  {
    id: 'pod-security-host-ports',
    title: 'No container takes a port of the node',
    rationale: 'A port of the node goes around Services and policies, and two such pods never share a node.',
    fix: 'Remove hostPort, and reach the pod through a Service.',
    checks: [check('containers.ports.*.hostPort', isZero, 'container {} takes port {value} of the node')],
  },
  {
    id: 'pod-security-host-probes',
    title: 'No probe or hook names a host',
    rationale:
      'The kubelet asks on behalf of the pod: a host in a probe makes the node send requests to wherever the manifest says.',
    fix: 'Remove host: the probe then asks the pod itself.',
    checks: [
      check(
        HOOKS.flatMap((hook) => [`containers.${hook}.httpGet.host`, `containers.${hook}.tcpSocket.host`]),
        isEmpty,
        'a probe of container {} asks host {value}',
      ),
    ],
  },
  {
    id: 'pod-security-host-process',
    title: 'No pod runs a Windows HostProcess container',
    rationale: 'A HostProcess container is a process of the node itself, with its rights.',
    fix: 'Remove windowsOptions.hostProcess.',
    checks: [check('contexts.windowsOptions.hostProcess', isOff, 'runs as a process of the host', always)],
  },
  {
    id: 'pod-security-privileged',
    title: 'No container is privileged',
    rationale: 'A privileged container has every right of root on the node: who breaks into it has the node.',
    fix: 'Remove privileged: true, and add the single capability that is needed.',
    checks: [check('containers.securityContext.privileged', isOff, 'container {} is privileged', always)],
  },
  {
    id: 'pod-security-proc-mount',
    title: 'No container unmasks /proc',
    rationale: 'The masked parts of /proc tell of the node, and let a container change it.',
    fix: 'Remove procMount.',
    checks: [check('containers.securityContext.procMount', isDefault, 'procMount of container {} is {value}')],
  },
  {
    id: 'pod-security-se-linux',
    title: 'No pod chooses an SELinux user, role or foreign type',
    rationale: 'Another type, such as spc_t, takes the fence of SELinux away.',
    fix: 'Remove it from seLinuxOptions.',
    checks: [
      check('contexts.seLinuxOptions.type', isContainerType, 'SELinux type is {value}'),
      check(['contexts.seLinuxOptions.user', 'contexts.seLinuxOptions.role'], isEmpty, 'SELinux {key} is {value}'),
    ],
  },
  {
    id: 'pod-security-seccomp-confined',
    title: 'No pod turns seccomp off',
    rationale: 'Unconfined opens every system call, those with the kernel bugs among them.',
    fix: 'Use RuntimeDefault, or Localhost with a profile of the node.',
    checks: [check('contexts.seccompProfile.type', isConfined, 'seccomp profile is {value}')],
  },
  {
    id: 'pod-security-sysctls',
    title: 'Pods set safe kernel parameters only',
    rationale: 'Other parameters are shared by all pods of the node.',
    fix: 'Remove it, or set it on the node.',
    checks: [check('pod.securityContext.sysctls.*.name', like(SAFE_SYSCTLS), 'sets {value}')],
  },
];

/** What the restricted level forbids beside the baseline. */
export const RESTRICTED: readonly Control[] = [
  {
    id: 'pod-security-drop-all',
    title: 'Every container drops all capabilities, and adds back NET_BIND_SERVICE at most',
    rationale: 'Whoever takes over a process can do what the process can do.',
    fix: 'Set securityContext.capabilities to drop: [ALL], and add NET_BIND_SERVICE at most.',
    isOfLinux: true,
    checks: [
      check('containers.securityContext.capabilities.drop', dropsAll, 'container {} does not drop ALL capabilities'),
      check('containers.securityContext.capabilities.add.*', like(/^NET_BIND_SERVICE$/), 'container {} adds {value}'),
    ],
  },
  {
    id: 'pod-security-privilege-escalation',
    title: 'No container may gain rights that its parent process lacks',
    rationale: 'A setuid program in the image is then a way to root.',
    fix: 'Set securityContext.allowPrivilegeEscalation to false.',
    isOfLinux: true,
    checks: [
      check(
        'containers.securityContext.allowPrivilegeEscalation',
        isForbidden,
        'container {} does not forbid privilege escalation',
      ),
    ],
  },
  {
    id: 'pod-security-run-as-non-root',
    title: 'Every container must run as another user than root',
    rationale: 'Root in the container is root on the node as soon as anything else fails.',
    fix: "Set the pod's securityContext.runAsNonRoot to true.",
    checks: [check('effective.runAsNonRoot', isOn, 'container {} may run as root')],
  },
  {
    id: 'pod-security-run-as-user',
    title: 'No pod sets its user to root',
    rationale: 'Root in the container is root on the node as soon as anything else fails.',
    fix: 'Set runAsUser to another user than 0, best above 10000.',
    checks: [check('contexts.runAsUser', isNotRoot, 'runs as user 0')],
  },
  {
    id: 'pod-security-seccomp',
    title: 'Every container names a seccomp profile, its own or its pod’s',
    rationale: 'A container without a profile may make every system call that the kernel has.',
    fix: "Set the pod's securityContext.seccompProfile.type to RuntimeDefault.",
    isOfLinux: true,
    checks: [check('effective.seccompProfile.type', isSet, 'container {} has no seccomp profile')],
  },
  {
    id: 'pod-security-volume-types',
    title: 'Pods mount volumes of the safe types only',
    rationale: 'The other types reach the node or a storage server directly, past every check on a claim.',
    fix: 'Use a claim, an emptyDir, or a projected, configMap, secret, downwardAPI, csi or ephemeral volume.',
    checks: [check('volumes.*', isPlainVolume, 'volume {} is a {key}')],
  },
];
