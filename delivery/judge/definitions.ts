import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadAll } from 'js-yaml';
import { isRecord } from '../../guardrails/field.ts';

/** Where a project keeps its definitions of custom resources: a file or a folder of its Go module. */
export interface Origin {
  readonly module: string;
  readonly version: string;
  readonly files: string;
}

/** Writes each definition as a small file that the program embeds. */
export function writeDefinitions(origins: readonly (Origin & { readonly folder: string })[], into: string): void {
  mkdirSync(into, { recursive: true });
  writeFileSync(join(into, '.keep'), '');
  for (const definition of origins.flatMap(({ folder, files }) => definitionsIn(join(folder, files)))) {
    const content = gzipSync(JSON.stringify(withoutDescriptions(definition)), { level: 9 });
    writeFileSync(join(into, nameOf(definition)), content);
  }
}

export function definitionsIn(path: string): readonly unknown[] {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .map((name) => join(path, name))
    : [path];
  return files
    .filter((file) => /\.ya?ml$/.test(file))
    .flatMap((file) => loadAll(readFileSync(file, 'utf8')))
    .filter((value) => isRecord(value) && value['kind'] === 'CustomResourceDefinition');
}

export function nameOf(definition: unknown): string {
  const spec = isRecord(definition) && isRecord(definition['spec']) ? definition['spec'] : {};
  const names = isRecord(spec['names']) ? spec['names'] : {};
  return `${String(spec['group'])}_${String(names['kind']).toLowerCase()}.json.gz`;
}

/** Descriptions are three quarters of a definition, and nothing that is judged. A field that is called so is a map, and stays. */
function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key, child]) => key !== 'description' || typeof child !== 'string');
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutDescriptions(child)]));
}
