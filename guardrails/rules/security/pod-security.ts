import { PROMISES } from '../../annotations.ts';
import type { Platform } from '../../platform.ts';
import type { Rule, Severity } from '../../rule.ts';
import { suggest } from '../../suggest.ts';
import type { Workload } from '../../workload.ts';
import { BASELINE } from './pod-security-baseline.ts';
import { type Control, effective, securityContexts } from './security-context.ts';

/** The levels that forbid anything; `restricted` forbids all that `baseline` does. */
type Level = 'baseline' | 'restricted';

const LABEL = 'pod-security.kubernetes.io/';

function toRule({ id, title, rationale, fix, violations }: Control, level: Level): Rule {
  return {
    id,
    title,
    rationale,
    severity: 'error',
    docs: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    *check(platform) {
      for (const workload of platform.workloads) {
        for (const { at, message, isDangerous = false } of violations(workload)) {
          const severity = severityOf(platform, workload, { level, isDangerous });
          if (severity) yield { at, message: `${message}, which Pod Security ${level} forbids`, fix, severity };
        }
      }
    },
  };
}

/**
 * What the namespace's labels promise decides: `enforce` refuses the pod, `warn` and `audit` only tell. Where it promises nothing, what hands the node
 * over is an error, unless an agent of the node (a DaemonSet) or a part of the cluster needs it, and the rest of the baseline is a note.
 */
function severityOf(
  platform: Platform,
  { namespace, kind }: Workload,
  { level, isDangerous }: { readonly level: Level; readonly isDangerous: boolean },
): Severity | undefined {
  const labels = platform.find('Namespace', '', namespace)?.labels ?? {};
  const includes = (mode: string): boolean => {
    const promised = labels[`${LABEL}${mode}`];
    return promised === 'restricted' || (promised === 'baseline' && level === 'baseline');
  };
  const enforced = labels[`${LABEL}enforce`];
  if (includes('enforce') || (enforced === undefined && platform.profile !== 'baseline')) return 'error';
  if (includes('warn') || includes('audit')) return 'warning';
  if (enforced !== undefined || level === 'restricted') return undefined;
  return isDangerous && kind !== 'DaemonSet' && namespace !== 'kube-system' ? 'error' : 'note';
}

const POD_SECURITY_ENFORCED_LABEL = 'pod-security.kubernetes.io/enforce';

const podSecurityEnforced: Rule = {
  id: 'pod-security-enforced',
  title: 'Where Pod Security is promised, every namespace enforces the restricted Pod Security standard',
  rationale:
    'The manifests may be as strict as they like: without the label any other pod in the namespace may run as root on the node.',
  docs: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
  *check(platform) {
    for (const environment of platform.environments) {
      for (const namespace of environment.promises(PROMISES.podSecurity) ? environment.namespaces : []) {
        const at = namespace.at('metadata', 'labels', POD_SECURITY_ENFORCED_LABEL);
        if (at.text === 'restricted') continue;
        yield {
          at,
          message: `environment ${environment.name} enforces ${at.text ?? 'no Pod Security standard'} here`,
          fix: `Label the namespace ${POD_SECURITY_ENFORCED_LABEL}: restricted.`,
        };
      }
    }
  },
};

const POD_SECURITY_LABELS_LABEL = /^pod-security\.kubernetes\.io\/(enforce|audit|warn)(-version)?$/;
const PREFIX = 'pod-security.kubernetes.io/';
const MODES = ['enforce', 'audit', 'warn'].flatMap((mode) => [mode, `${mode}-version`]);
const LEVELS = ['privileged', 'baseline', 'restricted'];

const podSecurityLabels: Rule = {
  id: 'pod-security-labels',
  title: 'The Pod Security labels of a namespace name a mode, a level and a version that exist',
  rationale:
    'A level or version that does not exist is refused, or on an older namespace read as restricted; a misspelt mode enforces nothing.',
  docs: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces',
  *check(platform) {
    for (const namespace of platform.ofKind('Namespace')) {
      for (const [key, at] of namespace.at('metadata', 'labels').entries) {
        if (!key.startsWith(PREFIX) || at.text === undefined) continue;
        const wrong = whatIsWrong(key, at.text);
        if (wrong) yield { at, ...wrong };
      }
    }
  },
};

function whatIsWrong(key: string, value: string): { readonly message: string; readonly fix: string } | undefined {
  const match = POD_SECURITY_LABELS_LABEL.exec(key);
  if (!match) {
    const meant = suggest(key.slice(PREFIX.length), MODES);
    return {
      message: `there is no mode ${key.slice(PREFIX.length)}`,
      fix: meant === undefined ? `Name one of ${MODES.join(', ')}.` : `Did you mean ${meant}?`,
    };
  }
  if (match[2] !== undefined) {
    if (/^(latest|v1\.\d+)$/.test(value)) return undefined;
    return { message: `"${value}" is no version of the standards`, fix: 'Write latest, or a version such as v1.28.' };
  }
  if (LEVELS.includes(value)) return undefined;
  return { message: `"${value}" is no level`, fix: `Write one of ${LEVELS.join(', ')}.` };
}

/** Pods for Windows nodes are exempt from what only Linux has. */
function isWindows(workload: Workload): boolean {
  return workload.pod.at('os', 'name').text === 'windows';
}

const VOLUMES = /^(configMap|csi|downwardAPI|emptyDir|ephemeral|image|name|persistentVolumeClaim|projected|secret)$/;

/** What the restricted level forbids beside the baseline. */
export const RESTRICTED: readonly Control[] = [
  {
    id: 'pod-security-drop-all',
    title: 'Every container drops all capabilities, and adds back NET_BIND_SERVICE at most',
    rationale: 'Whoever takes over a process can do what the process can do.',
    fix: 'Set securityContext.capabilities to drop: [ALL], and add NET_BIND_SERVICE at most.',
    *violations(workload) {
      for (const { field, name } of isWindows(workload) ? [] : workload.containers) {
        const set = field.at('securityContext', 'capabilities');
        const dropped = set.at('drop').items.some(({ text }) => text === 'ALL');
        if (!dropped) yield { at: set.at('drop'), message: `container ${name} does not drop ALL capabilities` };
        for (const at of set.at('add').items) {
          if (at.text !== 'NET_BIND_SERVICE') yield { at, message: `container ${name} adds ${at.scalar}` };
        }
      }
    },
  },
  {
    id: 'pod-security-privilege-escalation',
    title: 'No container may gain rights that its parent process lacks',
    rationale: 'A setuid program in the image is then a way to root.',
    fix: 'Set securityContext.allowPrivilegeEscalation to false.',
    *violations(workload) {
      for (const { field, name } of isWindows(workload) ? [] : workload.containers) {
        const at = field.at('securityContext', 'allowPrivilegeEscalation');
        if (at.flag !== false) yield { at, message: `container ${name} does not forbid privilege escalation` };
      }
    },
  },
  {
    id: 'pod-security-run-as-non-root',
    title: 'Every container must run as another user than root',
    rationale: 'Root in the container is root on the node as soon as anything else fails.',
    fix: "Set the pod's securityContext.runAsNonRoot to true.",
    *violations(workload) {
      for (const container of workload.containers) {
        const at = effective(workload, container, 'runAsNonRoot');
        if (at.flag !== true) yield { at, message: `container ${container.name} may run as root` };
      }
    },
  },
  {
    id: 'pod-security-run-as-user',
    title: 'No pod sets its user to root',
    rationale: 'Root in the container is root on the node as soon as anything else fails.',
    fix: 'Set runAsUser to another user than 0, best above 10000.',
    *violations(workload) {
      for (const context of securityContexts(workload)) {
        const at = context.at('runAsUser');
        if (at.number === 0) yield { at, message: 'runs as user 0' };
      }
    },
  },
  {
    id: 'pod-security-seccomp',
    title: 'Every container names a seccomp profile, its own or its pod’s',
    rationale: 'A container without a profile may make every system call that the kernel has.',
    fix: "Set the pod's securityContext.seccompProfile.type to RuntimeDefault.",
    *violations(workload) {
      for (const container of isWindows(workload) ? [] : workload.containers) {
        const at = effective(workload, container, 'seccompProfile', 'type');
        if (!at.exists) yield { at, message: `container ${container.name} has no seccomp profile` };
      }
    },
  },
  {
    id: 'pod-security-volume-types',
    title: 'Pods mount volumes of the safe types only',
    rationale: 'The other types reach the node or a storage server directly, past every check on a claim.',
    fix: 'Use a claim, an emptyDir, or a projected, configMap, secret, downwardAPI, csi or ephemeral volume.',
    *violations({ pod }) {
      for (const volume of pod.at('volumes').items) {
        for (const [type, at] of volume.entries) {
          if (!VOLUMES.test(type)) yield { at, message: `volume ${volume.at('name').scalar} is a ${type}` };
        }
      }
    },
  },
];

export const podSecurityRules: readonly Rule[] = [
  podSecurityEnforced,
  podSecurityLabels,
  ...BASELINE.map((control) => toRule(control, 'baseline')),
  ...RESTRICTED.map((control) => toRule(control, 'restricted')),
];
