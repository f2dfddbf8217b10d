import type { Plan } from '../../charts/plan/part.ts';
import { mainPortOf, namedConnections, type ServiceSpec } from '../../charts/plan/service-spec.ts';
import { Resource } from '../../guardrails/field.ts';
import { Platform } from '../../guardrails/platform.ts';

/** The catalog as a Mermaid flowchart: who calls whom, on which port, and what people reach from outside. */
export function servicesDiagram([plan]: readonly Plan[]): string {
  if (plan === undefined) return fenced(['flowchart LR']);
  const { catalog } = plan;
  const calls = catalog.flatMap((service) =>
    namedConnections(service).flatMap(({ to }) => {
      const port = portOf(to, service, plan);
      return port === null ? [] : [{ from: service.name, to, port }];
    }),
  );
  const stores = [...new Set(calls.map(({ to }) => to))].filter((name) => plan.offers.has(name));
  return fenced([
    'flowchart LR',
    '  world(["people and clients"])',
    '  edge{{"Ingress"}}',
    ...catalog.map((service) => `  ${service.name}["<b>${service.name}</b>${containerPorts(service)}"]`),
    ...stores.map((name) => `  ${name}[("${name}")]`),
    '  world -- "80, 443" --> edge',
    ...catalog.flatMap(({ name, routes = [] }) => routes.map((path) => `  edge -- "${path}" --> ${name}`)),
    ...calls.map(({ from, to, port }) => `  ${from} -- "${port}" --> ${to}`),
  ]);
}

/** How a release gets from a tag to the last environment: each arrow is an environment's `promotion`. */
export function releaseDiagram(plans: readonly Plan[]): string {
  const steps = plans.flatMap(({ environment: { name, promotion } }) => {
    if (promotion === undefined) return [];
    const { after } = promotion;
    if (after === null) return [`  image -- "pull request" --> ${name}["<b>${name}</b><br/>by Argo CD"]`];
    const proof = `proven there for ${after.hours} h, pull request, two people`;
    return [`  ${after.environment} -- "${proof}" --> ${name}["<b>${name}</b><br/>by Argo CD"]`];
  });
  return fenced([
    'flowchart LR',
    '  tag(["tag v1.2.3"]) -- "gate" --> image["image<br/>tested, scanned, signed"]',
    ...steps,
  ]);
}

function containerPorts({ ports }: ServiceSpec): string {
  const list = Object.entries(ports).map(([name, port]) => `${name} ${port}`);
  return list.length === 0 ? '' : `<br/>${list.join(', ')}`;
}

/** The port that a connection leads to; null for what is not always there. */
function portOf(to: string, client: ServiceSpec, { services, offers }: Plan): number | null {
  const called = services.get(to);
  if (called !== undefined) return mainPortOf(called)?.service ?? null;
  const offer = offers.get(to);
  return offer?.isStore === true ? (offer.connect(client).to[0]?.ports[0] ?? null) : null;
}

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

function fenced(lines: readonly string[]): string {
  return ['```mermaid', ...lines, '```'].join('\n');
}
