import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../charts/catalog.ts';
import { environments } from '../../charts/environments/all.ts';
import { plansOf } from '../../charts/plan/plan.ts';
import { synthesize } from '../../charts/synthesize.ts';
import { PLATFORM } from '../../test/platform.ts';
import { fillBlocks, generatedBlocks, PAGES } from './generated-blocks.ts';
import { objectsDiagram } from './objects.ts';
import { servicesDiagram } from './services.ts';

const ROOT = join(import.meta.dirname, '../..');
const plans = plansOf(PLATFORM);
const files = synthesize(PLATFORM);
const blocks = generatedBlocks(plans, files);

describe('the diagram of the services', () => {
  it('draws every call and every public path of the catalog once', () => {
    const diagram = servicesDiagram(plans);
    const arrows = diagram.split('\n').filter((line) => line.includes('-->'));
    expect(arrows).toContain('  front -- "80" --> users');
    expect(arrows).toContain('  quotes -- "6379" --> redis');
    expect(arrows).toContain('  edge -- "/search" --> search');
    const declared = catalog.reduce(
      (sum, { connections = [], routes = [] }) =>
        sum +
        connections.filter((connection) => 'to' in connection && connection.optional !== true).length +
        routes.length,
      1,
    );
    expect(new Set(arrows).size).toBe(declared);
  });
});

describe('the diagram of the objects', () => {
  const objects = (name: string) => files.find(({ path }) => path === `${name}.k8s.yaml`)?.objects ?? [];

  it('draws every workload of production, with its pods', () => {
    const diagram = objectsDiagram(objects('production'));
    const workloads = objects('production').filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
    for (const { kind, metadata } of workloads)
      expect(diagram).toContain(`${kind} <b>${(metadata as { name: string }).name}</b>`);
    expect(diagram).toContain('3 to 20 pods');
  });

  it('leads from a route over its Service to the pods', () => {
    const diagram = objectsDiagram(objects('dev'));
    expect(diagram).toContain('Ingress_quotes_dev_quotes -- "/users" --> Service_quotes_dev_users');
    expect(diagram).toContain('Service_quotes_dev_users --> Deployment_quotes_dev_users');
  });

  it('points only at what it has drawn', () => {
    for (const { name } of environments) {
      const diagram = objectsDiagram(objects(name));
      const drawn = new Set([...diagram.matchAll(/^ {4}(\w+)[[({]/gm)].map(([, id]) => id));
      const used = [...diagram.matchAll(/^ {2}(\w+) (?:-- ".*" )?--> (\w+)$/gm)].flatMap(([, from, to]) => [from, to]);
      expect(used.filter((id) => !drawn.has(id))).toEqual([]);
      expect(used.length).toBeGreaterThan(0);
    }
  });
});

describe('the documentation', () => {
  it.each(PAGES)('%s is what synthesis would write', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    expect(text).toMatch(/<!-- generated: [\w-]+ -->/);
    expect(text, 'run npm run synth').toBe(fillBlocks(text, blocks));
  });

  it('refuses a block that nobody generates', () => {
    expect(() => fillBlocks('<!-- generated: moon -->\n<!-- end of generated -->', blocks)).toThrow(
      "nothing generates the block 'moon'",
    );
  });

  it('keeps what stands around a block', () => {
    const page = 'before\n<!-- generated: a -->\nold\n<!-- end of generated -->\nafter';
    expect(fillBlocks(page, new Map([['a', '$& new']]))).toBe(
      'before\n<!-- generated: a -->\n$& new\n<!-- end of generated -->\nafter',
    );
  });
});
