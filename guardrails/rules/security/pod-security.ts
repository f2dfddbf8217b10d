import type { Severity } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';
import { BASELINE } from './pod-security-baseline.ts';
import { RESTRICTED } from './pod-security-restricted.ts';
import type { Control } from './security-context.ts';

/** The levels that forbid anything; `restricted` forbids all that `baseline` does. */
type Level = 'baseline' | 'restricted';

const LABEL = 'pod-security.kubernetes.io/';

/** A rule for each control. */
export const podSecurity: readonly Rule[] = [
  ...BASELINE.map((control) => toRule(control, 'baseline')),
  ...RESTRICTED.map((control) => toRule(control, 'restricted')),
];

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
