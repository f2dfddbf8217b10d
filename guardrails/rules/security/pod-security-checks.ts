import type { Field } from '../../field.ts';
import type { Container, Workload } from '../../workload.ts';

/** One control of the Pod Security Standards, as the admission plugin has it. */
export interface Control {
  readonly id: string;
  readonly title: string;
  readonly rationale: string;
  readonly fix: string;
  /** Whether pods for Windows nodes are exempt: they have nothing of the kind. @default false */
  readonly isOfLinux?: true;
  readonly checks: readonly Check[];
}

interface Check {
  readonly paths: readonly string[];
  readonly allows: (at: Field) => boolean;
  readonly says: string;
  readonly isDangerous: (at: Field) => boolean;
}

/**
 * @param paths - `pod.hostPID`, `containers.ports.*.hostPort`: from one of the places below, keys and `*` for every item or entry
 * @param says - what is wrong, where `{}` is the name of the container or the volume, `{key}` and `{value}` those of the field
 * @param isDangerous - whether it hands the node over to anybody who takes over the pod
 */
export function check(
  paths: string | readonly string[],
  allows: Check['allows'],
  says: string,
  isDangerous: Check['isDangerous'] = () => false,
): Check {
  return { paths: [paths].flat(), allows, says, isDangerous };
}

export interface Violation {
  readonly at: Field;
  readonly message: string;
  readonly isDangerous: boolean;
}

/** Where a security context may stand: the pod's, then each container's. */
export function securityContexts({ pod, containers }: Workload): readonly Field[] {
  return [pod, ...containers.map(({ field }) => field)].map((field) => field.at('securityContext'));
}

type Named = readonly [at: Field, name: string];

const PLACES: Readonly<Record<string, (workload: Workload, path: readonly string[]) => readonly Named[]>> = {
  template: ({ template }, path) => below([template, ''], path),
  pod: ({ pod }, path) => below([pod, ''], path),
  volumes: ({ pod }, path) =>
    pod.at('volumes').items.flatMap((volume) => below([volume, volume.at('name').scalar ?? ''], path)),
  containers: ({ containers }, path) => containers.flatMap(({ field, name }) => below([field, name], path)),
  contexts: (workload, path) => securityContexts(workload).flatMap((context) => below([context, ''], path)),
  effective: (workload, path) =>
    workload.containers.map((container) => [effective(workload, container, path), container.name]),
};

function below([at, name]: Named, [key, ...rest]: readonly string[]): readonly Named[] {
  if (key === undefined) return [[at, name]];
  if (key !== '*') return below([at.at(key), name], rest);
  return [...at.items, ...at.entries.map(([, value]) => value)].flatMap((one) => below([one, name], rest));
}

/** The field of a container's security context, or the pod's where the container says nothing. */
function effective({ pod }: Workload, { field }: Container, path: readonly string[]): Field {
  const [own, inherited] = [field, pod].map((at) => at.at('securityContext', ...path));
  return own && (own.exists || !inherited?.exists) ? own : (inherited ?? field);
}

/** What of a workload breaks a control. */
export function* violations(workload: Workload, { checks, isOfLinux }: Control): Iterable<Violation> {
  if (isOfLinux && workload.pod.at('os', 'name').text === 'windows') return;
  for (const { paths, allows, says, isDangerous } of checks) {
    for (const [place = '', ...path] of paths.map((written) => written.split('.'))) {
      for (const [at, name] of PLACES[place]?.(workload, path) ?? []) {
        if (!allows(at)) yield { at, message: fill(says, at, name), isDangerous: isDangerous(at) };
      }
    }
  }
}

function fill(says: string, at: Field, name: string): string {
  const words = { '{}': name, '{key}': String(at.path.at(-1)), '{value}': at.scalar, '{path}': at.at('path').scalar };
  return Object.entries(words).reduce((text, [word, value]) => text.replace(word, String(value)), says);
}
