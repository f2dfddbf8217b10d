import type { ManifestFile, Plan } from '../../charts/plan/part.ts';
import { atMaximum, atMinimum, atPeak, type Total, totalOf } from '../../charts/plan/resource-demand.ts';
import { objectsDiagram, releaseDiagram, servicesDiagram } from './diagrams.ts';
import { ruleBlocks } from './rules.ts';

/** Every block of the documentation that is written from the platform itself, by name. */
export function generatedBlocks(plans: readonly Plan[], files: readonly ManifestFile[]): ReadonlyMap<string, string> {
  const objectsOf = (name: string) => files.find(({ path }) => path === `${name}.k8s.yaml`)?.objects ?? [];
  return new Map([
    ['services', servicesDiagram(plans)],
    ['release', releaseDiagram(plans)],
    ...plans.map(({ environment: { name } }): [string, string] => [`objects-${name}`, objectsDiagram(objectsOf(name))]),
    ['kinds', kindsTable(files)],
    ['budget', budgetTable(plans)],
    ...ruleBlocks(),
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

/** How many objects of which kind each file of dist/ holds, as a Markdown table. */
function kindsTable(files: readonly ManifestFile[]): string {
  const kinds = [...new Set(files.flatMap(({ objects }) => objects.map(({ kind }) => String(kind))))].sort();
  const count = (file: ManifestFile, kind: string) => file.objects.filter((object) => object['kind'] === kind).length;
  return [
    `| kind | ${files.map(({ path }) => `\`${path}\``).join(' | ')} |`,
    `|---|${files.map(() => '---:|').join('')}`,
    ...kinds.map((kind) => `| ${kind} | ${files.map((file) => count(file, kind) || '').join(' | ')} |`),
    `| **all** | ${files.map(({ objects }) => `**${objects.length}**`).join(' | ')} |`,
  ].join('\n');
}

/** What each environment asks for, in a quiet hour, at most, and while it rolls out at most, as a Markdown table. */
function budgetTable(plans: readonly Plan[]): string {
  const rows = plans.flatMap(({ environment, demands }) => {
    const { nodes, cpuMillisPerNode, memoryMiBPerNode } = environment.budget;
    return [
      row(`**${environment.name}**, quiet hour`, totalOf(demands, atMinimum)),
      row('at the maximum of every autoscaler', totalOf(demands, atMaximum)),
      row('the same during a rollout (its quota)', totalOf(demands, atPeak)),
      `| nodes it may fill: ${nodes} | | ${cores(nodes * cpuMillisPerNode)} | ${gibibytes(nodes * memoryMiBPerNode)} | ${environment.budget.storageGi} Gi |`,
    ];
  });
  return ['| | pods | CPU requested | memory requested | volumes |', '|---|---:|---:|---:|---:|', ...rows].join('\n');
}

function row(label: string, { pods, requests, storageGi }: Total): string {
  return `| ${label} | ${pods} | ${cores(requests.cpuMillis)} | ${gibibytes(requests.memoryMiB)} | ${storageGi} Gi |`;
}

function cores(millis: number): string {
  return `${(millis / 1_000).toFixed(1)} cores`;
}

function gibibytes(mebibytes: number): string {
  return `${(mebibytes / 1_024).toFixed(1)} Gi`;
}
