import { posix } from 'node:path';
import type { Field } from '../../field.ts';
import type { Workload } from '../../workload.ts';
import { type Control, securityContexts, type Violation } from './security-context.ts';

/** What a container runtime gives by default; adding one of these adds nothing. */
const DEFAULT_CAPABILITIES =
  /^(AUDIT_WRITE|CHOWN|DAC_OVERRIDE|FOWNER|FSETID|KILL|MKNOD|NET_BIND_SERVICE|SETFCAP|SETGID|SETPCAP|SETUID|SYS_CHROOT)$/;
/** Capabilities that are as good as root on the node. */
const NODE_CAPABILITIES = /^(CAP_)?(ALL|BPF|DAC_READ_SEARCH|SYS_ADMIN|SYS_BOOT|SYS_MODULE|SYS_PTRACE|SYS_RAWIO)$/i;
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

const SAFE_SYSCTLS =
  /^(kernel\.shm_rmid_forced|net\.ipv4\.(ip_local_port_range|ip_local_reserved_ports|ip_unprivileged_port_start|ping_group_range|tcp_(fin_timeout|keepalive_intvl|keepalive_probes|keepalive_time|rmem|syncookies|wmem)))$/;
const SELINUX_TYPES = /^(|container_t|container_init_t|container_kvm_t|container_engine_t)$/;
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';

/** Values of a profile's type that confine. */
function isConfined(at: Field): boolean {
  return !at.exists || ['RuntimeDefault', 'Localhost'].includes(at.text ?? '');
}

/** A flag of every security context that must not be set. */
function* flags(workload: Workload, keys: readonly string[], message: string): Iterable<Violation> {
  for (const context of securityContexts(workload)) {
    const at = context.at(...keys);
    if (at.flag) yield { at, message, isDangerous: true };
  }
}

/** What the baseline forbids. */
export const BASELINE: readonly Control[] = [
  {
    id: 'pod-security-app-armor',
    title: 'No pod turns its AppArmor profile off',
    rationale: 'Unconfined takes away the fence that the runtime puts around every container.',
    fix: 'Use RuntimeDefault or a profile of the node (Localhost).',
    *violations(workload) {
      for (const context of securityContexts(workload)) {
        const at = context.at('appArmorProfile', 'type');
        if (!isConfined(at)) yield { at, message: `AppArmor profile is ${at.scalar}` };
      }
      for (const [key, at] of workload.template.at('metadata', 'annotations').entries) {
        const allowed = at.text === 'runtime/default' || at.text === '' || at.text?.startsWith('localhost/');
        if (key.startsWith(APP_ARMOR) && !allowed) yield { at, message: `AppArmor profile is ${at.scalar}` };
      }
    },
  },
  {
    id: 'pod-security-capabilities',
    title: 'No container adds capabilities beyond the default set',
    rationale: 'Capabilities such as SYS_ADMIN or NET_ADMIN are ways out of the container.',
    fix: 'Remove it from capabilities.add.',
    *violations({ containers }) {
      for (const { field, name } of containers) {
        for (const at of field.at('securityContext', 'capabilities', 'add').items) {
          const isDangerous = NODE_CAPABILITIES.test(at.text ?? '');
          if (!DEFAULT_CAPABILITIES.test(at.text ?? ''))
            yield { at, message: `container ${name} adds ${at.scalar}`, isDangerous };
        }
      }
    },
  },
  {
    id: 'pod-security-host-namespaces',
    title: "No pod shares the host's network, processes or IPC",
    rationale:
      "In the host's namespaces a pod sees the traffic and the processes of every other pod, and no NetworkPolicy applies to it.",
    fix: 'Remove it.',
    *violations({ pod }) {
      for (const name of ['hostNetwork', 'hostPID', 'hostIPC']) {
        if (pod.at(name).flag) yield { at: pod.at(name), message: `sets ${name}`, isDangerous: name !== 'hostNetwork' };
      }
    },
  },
  {
    id: 'pod-security-host-path',
    title: 'No pod mounts a path of the node',
    rationale: "A path of the node leads to other pods' secrets and to the node's own sockets.",
    fix: 'Use an emptyDir, a claim or a projected volume.',
    *violations({ pod }) {
      for (const volume of pod.at('volumes').items) {
        const at = volume.at('hostPath');
        const path = at.at('path').text ?? '';
        const isDangerous = isOfNode(path);
        const message = `volume ${volume.at('name').scalar} is path ${at.at('path').scalar} of the node`;
        if (at.exists) yield { at, message, isDangerous };
      }
    },
  },
  {
    id: 'pod-security-host-ports',
    title: 'No container takes a port of the node',
    rationale: 'A port of the node goes around Services and policies, and two such pods never share a node.',
    fix: 'Remove hostPort, and reach the pod through a Service.',
    *violations({ containers }) {
      for (const { field, name } of containers) {
        for (const port of field.at('ports').items) {
          const at = port.at('hostPort');
          if ((at.number ?? 0) !== 0) yield { at, message: `container ${name} takes port ${at.number} of the node` };
        }
      }
    },
  },
  {
    id: 'pod-security-host-probes',
    title: 'No probe or hook names a host',
    rationale:
      'The kubelet asks on behalf of the pod: a host in a probe makes the node send requests to wherever the manifest says.',
    fix: 'Remove host: the probe then asks the pod itself.',
    *violations({ containers }) {
      for (const { field, name } of containers) {
        const hooks = ['postStart', 'preStop'].map((hook) => field.at('lifecycle', hook));
        const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => field.at(probe));
        for (const at of [...probes, ...hooks].flatMap((one) => [
          one.at('httpGet', 'host'),
          one.at('tcpSocket', 'host'),
        ])) {
          if ((at.text ?? '') !== '') yield { at, message: `a probe of container ${name} asks host ${at.text}` };
        }
      }
    },
  },
  {
    id: 'pod-security-host-process',
    title: 'No pod runs a Windows HostProcess container',
    rationale: 'A HostProcess container is a process of the node itself, with its rights.',
    fix: 'Remove windowsOptions.hostProcess.',
    violations: (workload) => flags(workload, ['windowsOptions', 'hostProcess'], 'runs as a process of the host'),
  },
  {
    id: 'pod-security-privileged',
    title: 'No container is privileged',
    rationale: 'A privileged container has every right of root on the node: who breaks into it has the node.',
    fix: 'Remove privileged: true, and add the single capability that is needed.',
    *violations({ containers }) {
      for (const { field, name } of containers) {
        const at = field.at('securityContext', 'privileged');
        if (at.flag) yield { at, message: `container ${name} is privileged`, isDangerous: true };
      }
    },
  },
  {
    id: 'pod-security-proc-mount',
    title: 'No container unmasks /proc',
    rationale: 'The masked parts of /proc tell of the node, and let a container change it.',
    fix: 'Remove procMount.',
    *violations({ containers }) {
      for (const { field, name } of containers) {
        const at = field.at('securityContext', 'procMount');
        if (at.exists && at.text !== 'Default') yield { at, message: `procMount of container ${name} is ${at.scalar}` };
      }
    },
  },
  {
    id: 'pod-security-se-linux',
    title: 'No pod chooses an SELinux user, role or foreign type',
    rationale: 'Another type, such as spc_t, takes the fence of SELinux away.',
    fix: 'Remove it from seLinuxOptions.',
    *violations(workload) {
      for (const context of securityContexts(workload)) {
        const options = context.at('seLinuxOptions');
        const type = options.at('type');
        if (type.exists && !SELINUX_TYPES.test(type.text ?? '?'))
          yield { at: type, message: `SELinux type is ${type.scalar}` };
        for (const name of ['user', 'role']) {
          const at = options.at(name);
          if ((at.text ?? '') !== '') yield { at, message: `SELinux ${name} is ${at.text}` };
        }
      }
    },
  },
  {
    id: 'pod-security-seccomp-confined',
    title: 'No pod turns seccomp off',
    rationale: 'Unconfined opens every system call, those with the kernel bugs among them.',
    fix: 'Use RuntimeDefault, or Localhost with a profile of the node.',
    *violations(workload) {
      for (const context of securityContexts(workload)) {
        const at = context.at('seccompProfile', 'type');
        if (!isConfined(at)) yield { at, message: `seccomp profile is ${at.scalar}` };
      }
    },
  },
  {
    id: 'pod-security-sysctls',
    title: 'Pods set safe kernel parameters only',
    rationale: 'Other parameters are shared by all pods of the node.',
    fix: 'Remove it, or set it on the node.',
    *violations({ pod }) {
      for (const sysctl of pod.at('securityContext', 'sysctls').items) {
        const at = sysctl.at('name');
        if (!SAFE_SYSCTLS.test(at.text ?? '')) yield { at, message: `sets ${at.scalar}` };
      }
    },
  },
];
