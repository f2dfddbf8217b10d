import { Platform } from '../../guardrails/platform.ts';
import { Resource } from '../../guardrails/resource.ts';
import { fenced } from './services.ts';

/** Kinds that run pods, and the shape that each has in a diagram. */
const SHAPES: Readonly<Record<string, readonly [string, string]>> = {
  Deployment: ['[', ']'],
  StatefulSet: ['[(', ')]'],
  DaemonSet: ['[[', ']]'],
  CronJob: ['([', '])'],
  Job: ['([', '])'],
};

/** What runs in one environment as a Mermaid flowchart: routes, Services, workloads, and what guards them, by namespace. */
export function objectsDiagram(objects: readonly Readonly<Record<string, unknown>>[]): string {
  const resources = objects.map((value, document) => new Resource({ file: '', document, within: [] }, value));
  const platform = new Platform(resources);
  const namespaces = [...new Set(resources.map(({ namespace }) => namespace))].filter((name) => name !== '');
  return fenced([
    'flowchart LR',
    ...namespaces.flatMap((namespace) => [
      `  subgraph ${idOf('ns', namespace)}["${namespace}"]`,
      ...resources
        .filter((resource) => resource.namespace === namespace)
        .flatMap((resource) => nodeOf(resource, platform)),
      '  end',
    ]),
    ...resources.flatMap((resource) => edgesOf(resource, platform)),
  ]);
}

function nodeOf(resource: Resource, platform: Platform): readonly string[] {
  const { kind, name } = resource;
  const shape = SHAPES[kind];
  if (shape !== undefined)
    return [`    ${id(resource)}${shape[0]}"${kind} <b>${name}</b>${notesOf(resource, platform)}"${shape[1]}`];
  if (kind === 'Service') return [`    ${id(resource)}(("${name}<br/>${portsOf(resource)}"))`];
  return kind === 'Ingress' ? [`    ${id(resource)}{{"Ingress <b>${name}</b><br/>${hostsOf(resource)}"}}`] : [];
}

/** How many pods there are, and what decides it. */
function notesOf(resource: Resource, platform: Platform): string {
  const notes: string[] = [];
  const replicas = resource.at('spec', 'replicas').number;
  const schedule = resource.at('spec', 'schedule').text;
  if (replicas !== undefined) notes.push(replicas === 1 ? '1 pod' : `${replicas} pods`);
  if (schedule !== undefined) notes.push(schedule);
  for (const autoscaler of platform.ofKind('HorizontalPodAutoscaler'))
    if (
      autoscaler.namespace === resource.namespace &&
      autoscaler.at('spec', 'scaleTargetRef', 'name').text === resource.name
    )
      notes.push(
        `${autoscaler.at('spec', 'minReplicas').number} to ${autoscaler.at('spec', 'maxReplicas').number} pods`,
      );
  const claims = resource.at('spec', 'volumeClaimTemplates').items.length;
  if (claims > 0) notes.push('a volume each');
  return notes.length === 0 ? '' : `<br/>${notes.join(', ')}`;
}

function edgesOf(resource: Resource, platform: Platform): readonly string[] {
  if (resource.kind === 'Service')
    return platform
      .selectedBy(resource)
      .map((workload) => `  ${id(resource)} --> ${idOf(workload.kind, workload.namespace, workload.name)}`);
  if (resource.kind !== 'Ingress') return [];
  const paths = resource.at('spec', 'rules').items.flatMap((rule) => rule.at('http', 'paths').items);
  const edges = paths.map((path) => {
    const service = path.at('backend', 'service', 'name').text ?? '';
    return `  ${id(resource)} -- "${path.at('path').text ?? '/'}" --> ${idOf('Service', resource.namespace, service)}`;
  });
  return [...new Set(edges)];
}

function portsOf(service: Resource): string {
  return service
    .at('spec', 'ports')
    .items.map((port) => String(port.at('port').number))
    .join(', ');
}

function hostsOf(ingress: Resource): string {
  return [...new Set(ingress.at('spec', 'rules').items.map((rule) => rule.at('host').text ?? '*'))].join(', ');
}

function id({ kind, namespace, name }: Resource): string {
  return idOf(kind, namespace, name);
}

/** Mermaid takes letters, digits and underscores. */
function idOf(...parts: readonly string[]): string {
  return parts.join('_').replaceAll(/\W/g, '_');
}
