import type { Field } from '../../field.ts';
import type { Container, Workload } from '../../workload.ts';

/** One control of the Pod Security Standards, as the admission plugin has it. */
export interface Control {
  readonly id: string;
  readonly title: string;
  readonly rationale: string;
  readonly fix: string;
  /** What breaks it: the place, and what stands there. */
  readonly violations: (workload: Workload) => Iterable<Violation>;
}

export interface Violation {
  readonly at: Field;
  readonly message: string;
  /** Whether it hands the node over to anybody who takes over the pod. @default false */
  readonly isDangerous?: boolean;
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
