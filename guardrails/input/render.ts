import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { load } from 'js-yaml';
import { isRecord } from '../field.ts';

const TIMEOUT_MS = 60_000;
const OUTPUT_AT_MOST = 100 * 1024 * 1024;

/** What renders each kind of folder, the first that is installed. */
const COMMANDS = {
  chart: [['helm', 'template', 'release']],
  kustomization: [
    ['kustomize', 'build'],
    ['kubectl', 'kustomize'],
  ],
} as const;

/** What a folder renders to, or why it does not. */
export type Rendered = { readonly text: string } | { readonly failure: string } | { readonly hint: string };

/** Renders a chart or a kustomization by its own tool. */
export function render(kind: keyof typeof COMMANDS, folder: string): Rendered {
  for (const [command, ...args] of COMMANDS[kind]) {
    const limits = { timeout: TIMEOUT_MS, maxBuffer: OUTPUT_AT_MOST } as const;
    const { error, status, stdout, stderr } = spawnSync(command, [...args, folder], { encoding: 'utf8', ...limits });
    if (error && 'code' in error && error.code === 'ENOENT') continue;
    if (status === 0) return { text: stdout };
    return { failure: `${command} cannot render it: ${(stderr || String(error)).trim().slice(0, 500)}` };
  }
  const tools = COMMANDS[kind].map(([command, ...args]) => [command, ...args].join(' ')).join(' or ');
  return {
    hint:
      kind === 'chart'
        ? `a Helm chart, not judged: install helm, or give what \`${tools}\` prints`
        : `a kustomization, of which the files are judged without its patches: install kustomize, or give what \`${tools}\` prints`,
  };
}

/** The file that makes a folder a chart. */
export function chartIn(names: readonly string[]): string | undefined {
  return names.includes('templates') ? names.find((name) => name === 'Chart.yaml') : undefined;
}

/** The file that makes a folder a kustomization. */
export function kustomizationIn(names: readonly string[]): string | undefined {
  return names.find((name) => /^(kustomization\.ya?ml|Kustomization)$/.test(name));
}

/** The files that a kustomization merges into others: parts of objects, which nobody can judge. */
export function patchesOf(folder: string, file: string): readonly string[] {
  const content = attemptLoad(join(folder, file));
  const lists = ['patches', 'patchesStrategicMerge', 'patchesJson6902', 'configurations', 'components'].map(
    (key) => content[key],
  );
  return lists
    .flatMap((list): readonly unknown[] => (Array.isArray(list) ? list : []))
    .map((patch) => (isRecord(patch) ? patch['path'] : patch))
    .flatMap((path) => (typeof path === 'string' && !path.includes('\n') ? normalize(join(folder, path)) : []));
}

function attemptLoad(path: string): Readonly<Record<string, unknown>> {
  try {
    const content = load(readFileSync(path, 'utf8'));
    return isRecord(content) ? content : {};
  } catch {
    return {};
  }
}
