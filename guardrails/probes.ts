import { WORKLOAD } from './annotations.ts';
import type { Container } from './container.ts';
import type { Field } from './field.ts';
import type { Workload } from './workload.ts';

/** What a probe asks: where, and how. */
export interface ProbeTarget {
  readonly port: Field;
  /** The port's number, when it is one or names a port of the container. */
  readonly number: number | undefined;
  /** The path of an HTTP probe; `/` when it names none. */
  readonly path: string | undefined;
}

/** What a probe asks over the network; undefined for a command. */
export function probeTarget(container: Container, probe: Field): ProbeTarget | undefined {
  for (const kind of ['httpGet', 'tcpSocket', 'grpc'] as const) {
    const action = probe.at(kind);
    if (!action.exists) continue;
    const port = action.at('port');
    const named = container.ports.find(({ name }) => name !== undefined && name === port.text)?.number;
    return {
      port,
      number: port.number ?? named,
      path: kind === 'httpGet' ? (action.at('path').text ?? '/') : undefined,
    };
  }
  return undefined;
}

/** A figure of a probe, or Kubernetes' default of it. */
export function probeFigure(probe: Field, figure: keyof typeof DEFAULTS): number {
  return probe.at(figure).number ?? DEFAULTS[figure];
}

const DEFAULTS = { initialDelaySeconds: 0, periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3 } as const;

/** The paths that a workload says it answers on a port; undefined when it says nothing about it. */
export function answeredPaths(workload: Workload, port: number | undefined): readonly string[] | undefined {
  const declared = workload.resource.annotations[WORKLOAD.endpoints];
  if (declared === undefined || port === undefined) return undefined;
  const lines = declared.split('\n').map((line) => line.split(':'));
  const line = lines.find(([number]) => Number(number) === port);
  return line?.[1]?.split(/\s+/).filter((path) => path !== '') ?? [];
}
