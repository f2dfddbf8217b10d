import type { ManifestFile } from '../../charts/plan/manifest.ts';
import type { Plan } from '../../charts/plan/part.ts';
import { budgetTable } from './budget-table.ts';
import { kindsTable } from './kinds-table.ts';
import { objectsDiagram } from './objects.ts';
import { servicesDiagram } from './services.ts';

/** Pages that hold generated blocks, from the root of the repository. */
export const PAGES = ['docs/explanation/architecture.md', 'docs/explanation/for-decision-makers.md'] as const;

/** Every block of the documentation that is written from the platform itself, by name. */
export function generatedBlocks(plans: readonly Plan[], files: readonly ManifestFile[]): ReadonlyMap<string, string> {
  const objectsOf = (name: string) => files.find(({ path }) => path === `${name}.k8s.yaml`)?.objects ?? [];
  return new Map([
    ['services', servicesDiagram(plans)],
    ...plans.map(({ environment: { name } }): [string, string] => [`objects-${name}`, objectsDiagram(objectsOf(name))]),
    ['kinds', kindsTable(files)],
    ['budget', budgetTable(plans)],
  ]);
}

const BLOCK = /(<!-- generated: ([\w-]+) -->\n)(?:[\s\S]*?\n)??(<!-- end of generated -->)/g;

/** A page with its blocks brought up to date. Fails for a block that nobody generates. */
export function fillBlocks(page: string, blocks: ReadonlyMap<string, string>): string {
  return page.replaceAll(BLOCK, (_whole, begin: string, name: string, end: string) => {
    const block = blocks.get(name);
    if (block === undefined)
      throw new Error(`nothing generates the block '${name}': there is ${[...blocks.keys()].join(', ')}`);
    return `${begin}${block}\n${end}`;
  });
}
