import type { ManifestFile } from '../../charts/plan/manifest.ts';

/** How many objects of which kind each file of dist/ holds, as a Markdown table. */
export function kindsTable(files: readonly ManifestFile[]): string {
  const kinds = [...new Set(files.flatMap(({ objects }) => objects.map(({ kind }) => String(kind))))].sort();
  const count = (file: ManifestFile, kind: string) => file.objects.filter((object) => object['kind'] === kind).length;
  return [
    `| kind | ${files.map(({ path }) => `\`${path}\``).join(' | ')} |`,
    `|---|${files.map(() => '---:|').join('')}`,
    ...kinds.map((kind) => `| ${kind} | ${files.map((file) => count(file, kind) || '').join(' | ')} |`),
    `| **all** | ${files.map(({ objects }) => `**${objects.length}**`).join(' | ')} |`,
  ].join('\n');
}
