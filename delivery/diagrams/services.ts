import { PORTS } from '../../app/contract.ts';
import type { ServiceSpec } from '../../charts/services/service.ts';

/** Port on which each store takes connections. */
const STORE_PORTS = { redis: PORTS.redis } as const;

/** The catalog as a Mermaid flowchart: who calls whom, on which port, and what people reach from outside. */
export function servicesDiagram(catalog: readonly ServiceSpec[]): string {
  const stores = [...new Set(catalog.flatMap(({ calls }) => calls.filter((name) => name === 'redis')))];
  const lines = [
    'flowchart LR',
    '  world(["people and clients"])',
    '  edge{{"Ingress"}}',
    ...catalog.map(({ name }) => `  ${name}["<b>${name}</b><br/>HTTP ${PORTS.http}, admin ${PORTS.admin}"]`),
    ...stores.map((name) => `  ${name}[("${name}")]`),
    '  world -- "80, 443" --> edge',
    ...catalog.flatMap(({ name, publicPaths }) => publicPaths.map((path) => `  edge -- "${path}" --> ${name}`)),
    ...catalog.flatMap(({ name, calls }) => calls.map((called) => `  ${name} -- "${portOf(called)}" --> ${called}`)),
  ];
  return fenced(lines);
}

function portOf(called: ServiceSpec['calls'][number]): number {
  return called === 'redis' ? STORE_PORTS.redis : PORTS.service;
}

/** Lines as a Mermaid block of Markdown. */
export function fenced(lines: readonly string[]): string {
  return ['```mermaid', ...lines, '```'].join('\n');
}
