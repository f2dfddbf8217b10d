import type { Container } from './container.ts';
import type { Field } from './field.ts';
import type { Problem, Severity } from './finding.ts';
import type { Platform } from './platform.ts';
import type { Rule } from './rule.ts';
import type { Workload } from './workload.ts';

/** The levels of the Pod Security Standards that forbid anything; `restricted` forbids all that `baseline` does. */
export type PodSecurityLevel = 'baseline' | 'restricted';

/** One control of a level, as the admission plugin judges it. */
export interface Control {
  readonly id: string;
  readonly title: string;
  readonly rationale: string;
  readonly level: PodSecurityLevel;
  /** What breaks it: the place, and what stands there. */
  readonly violations: (workload: Workload) => Iterable<Violation>;
  readonly fix: string;
}

export interface Violation {
  readonly at: Field;
  readonly message: string;
}

const LABEL = 'pod-security.kubernetes.io/';
const DOCS = 'https://kubernetes.io/docs/concepts/security/pod-security-standards/';

/**
 * A rule for one control. It is judged against what the namespace's labels promise: `enforce` refuses the pod, `warn` and `audit` only tell.
 * Where a namespace promises nothing, what even the baseline forbids is a note.
 */
export function podSecurityRule(control: Control): Rule {
  return {
    id: control.id,
    title: control.title,
    rationale: control.rationale,
    severity: 'error',
    docs: DOCS,
    *check(platform) {
      for (const workload of platform.workloads) {
        const severity = severityOf(platform, workload, control.level);
        if (severity === undefined) continue;
        for (const { at, message } of control.violations(workload)) yield problem(control, severity, at, message);
      }
    },
  };
}

function problem(control: Control, severity: Severity, at: Field, message: string): Problem {
  return { at, message: `${message}, which Pod Security ${control.level} forbids`, fix: control.fix, severity };
}

function severityOf(platform: Platform, workload: Workload, level: PodSecurityLevel): Severity | undefined {
  const labels = platform.find('Namespace', '', workload.namespace)?.labels ?? {};
  const includes = (mode: string): boolean => {
    const promised = labels[`${LABEL}${mode}`];
    return promised === 'restricted' || (promised === 'baseline' && level === 'baseline');
  };
  if (includes('enforce')) return 'error';
  if (includes('warn') || includes('audit')) return 'warning';
  return labels[`${LABEL}enforce`] === undefined && level === 'baseline' ? 'note' : undefined;
}

/** Where a security context may stand: the pod's, then each container's. */
export function securityContexts(workload: Workload): readonly Field[] {
  return [workload.pod, ...workload.containers.map(({ field }) => field)].map((field) => field.at('securityContext'));
}

/** The field of a container's security context, or the pod's where the container says nothing. */
export function effective(workload: Workload, container: Container, ...keys: readonly string[]): Field {
  const own = container.field.at('securityContext', ...keys);
  const pod = workload.pod.at('securityContext', ...keys);
  return own.exists || !pod.exists ? own : pod;
}

/** Pods for Windows nodes are exempt from what only Linux has. */
export function isWindows(workload: Workload): boolean {
  return workload.pod.at('os', 'name').text === 'windows';
}
