import type { Plan } from '../../charts/plan/part.ts';
import { mainPortOf, namedConnections, type ServiceSpec } from '../../charts/plan/service-spec.ts';

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
    ...catalog.map((service) => `  ${service.name}["<b>${service.name}</b>${portsOf(service)}"]`),
    ...stores.map((name) => `  ${name}[("${name}")]`),
    '  world -- "80, 443" --> edge',
    ...catalog.flatMap(({ name, routes = [] }) => routes.map((path) => `  edge -- "${path}" --> ${name}`)),
    ...calls.map(({ from, to, port }) => `  ${from} -- "${port}" --> ${to}`),
  ]);
}

function portsOf({ ports }: ServiceSpec): string {
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

/** Lines as a Mermaid block of Markdown. */
export function fenced(lines: readonly string[]): string {
  return ['```mermaid', ...lines, '```'].join('\n');
}
