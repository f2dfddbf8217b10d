import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../charts/catalog.ts';
import { environments } from '../../charts/environments/all.ts';
import { plansOf } from '../../charts/plan/plan.ts';
import { synthesize } from '../../charts/synthesize.ts';
import { PLATFORM } from '../../test/platform.ts';
import { objectsDiagram, releaseDiagram, servicesDiagram } from './diagrams.ts';
import { fillBlocks, generatedBlocks } from './generated-blocks.ts';
import { pagesOf } from './pages.ts';

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

describe('the diagram of a release', () => {
  it('leads to every environment that has promotions, from the one that it is proven in', () => {
    const diagram = releaseDiagram(plans);
    const promoted = environments.filter(({ promotion }) => promotion !== undefined);
    expect(promoted.length).toBeGreaterThan(1);
    for (const { name, promotion } of promoted) {
      const from = promotion?.after?.environment ?? 'image';
      expect(diagram).toMatch(new RegExp(`^  ${from} -- ".+" --> ${name}\\[`, 'm'));
      if (promotion?.after) expect(diagram).toContain(`for ${promotion.after.hours} h`);
    }
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
    const { name } = PLATFORM.project;
    expect(diagram).toContain(`Ingress_${name}_dev_${name} -- "/users" --> Service_${name}_dev_users`);
    expect(diagram).toContain(`Service_${name}_dev_users --> Deployment_${name}_dev_users`);
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
  const pages = [...pagesOf(plans, files, ROOT)].map(([path, text]): [string, string] => [
    path.slice(ROOT.length + 1),
    text,
  ]);

  it('has generated blocks, runbooks and examples of the environment', () => {
    expect(pages.map(([path]) => path)).toEqual(
      expect.arrayContaining([
        'docs/explanation/architecture.md',
        'docs/runbooks/README.md',
        '.env.production.example',
      ]),
    );
  });

  it.each(pages)('%s is what synthesis would write (if not: npm run synth)', (path, text) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text);
  });

  it('follows a project that is renamed in every name of an object, and in nothing else', () => {
    const renamed = { ...PLATFORM, project: { ...PLATFORM.project, name: 'renamed' } };
    const { name } = PLATFORM.project;
    const text = pagesOf(plansOf(renamed), files, ROOT).get(join(ROOT, 'docs/how-to/operations.md')) ?? '';
    const before = readFileSync(join(ROOT, 'docs/how-to/operations.md'), 'utf8');
    expect(before).toContain(`${name}-`);
    expect(text).not.toMatch(new RegExp(`-n ${name}-`));
    expect(text.replaceAll('renamed-', `${name}-`)).toBe(before);
  });

  it('follows a project that moves: no page names its old repository, image, contact or hosts', () => {
    const { project } = PLATFORM;
    const contact = 'people@example.org';
    const moved = {
      ...project,
      repository: 'https://git.example.org/new/place',
      image: 'images.example.org/it',
      contact,
    };
    const at = environments.map((environment) => ({
      ...environment,
      edge: { ...environment.edge, host: `${environment.name}.moved.example.org` },
    }));
    const pages = pagesOf(plansOf({ ...PLATFORM, project: moved, environments: at }), files, ROOT);
    const texts = [...pages.values()].join('\n');
    for (const field of ['repository', 'image', 'contact'] as const) {
      expect(texts).toContain(moved[field]);
      expect(texts.includes(project[field]), project[field]).toBe(false);
    }
    expect(texts).not.toContain(new URL(project.repository).pathname.slice(1));
    expect(texts).toContain(`${environments.at(-1)?.name}.moved.example.org/health`);
    for (const { edge } of environments) expect(texts).not.toContain(`//${edge.host}/`);
  });

  it('leaves the image alone where the repository moves without it', () => {
    const { project } = PLATFORM;
    const moved = { ...PLATFORM, project: { ...project, repository: 'https://git.example.org/new/place' } };
    const text = pagesOf(plansOf(moved), files, ROOT).get(join(ROOT, 'SECURITY.md'));
    expect(text).toContain('https://git.example.org/new/place');
    expect(text).toContain(`cosign verify ${project.image}:`);
  });

  it('adds what a service is told since to the examples, and keeps what is written there', () => {
    const connection = { to: 'quotes', env: 'MORE_URL' };
    const more = catalog.map((spec) =>
      spec.name === 'front' ? { ...spec, connections: [...(spec.connections ?? []), connection] } : spec,
    );
    const path = join(ROOT, '.env.production.example');
    const text = pagesOf(plansOf({ ...PLATFORM, catalog: more }), files, ROOT).get(path) ?? '';
    expect(text).toContain('\nMORE_URL=http://quotes\n');
    expect(text.replace('MORE_URL=http://quotes\n', '')).toBe(readFileSync(path, 'utf8'));
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
