import { PROMISES } from '../../annotations.ts';
import type { Platform } from '../../platform.ts';
import type { Rule, Severity } from '../../rule.ts';
import { suggest } from '../../suggest.ts';
import type { Workload } from '../../workload.ts';
import { type Control, violations } from './pod-security-checks.ts';
import { BASELINE, RESTRICTED } from './pod-security-controls.ts';

/** The levels that forbid anything; `restricted` forbids all that `baseline` does. */
type Level = 'baseline' | 'restricted';

const LABEL = 'pod-security.kubernetes.io/';

function toRule(control: Control, level: Level): Rule {
  const { id, title, rationale, fix } = control;
  return {
    id,
    title,
    rationale,
    docs: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    *check(platform) {
      for (const workload of platform.workloads) {
        for (const { at, message, isDangerous } of violations(workload, control)) {
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

export const podSecurityRules: readonly Rule[] = [
  podSecurityEnforced,
  podSecurityLabels,
  ...BASELINE.map((control) => toRule(control, 'baseline')),
  ...RESTRICTED.map((control) => toRule(control, 'restricted')),
];
