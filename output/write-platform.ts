import { basename, join, sep } from 'node:path';
import type { ComposeSpecification } from 'compose-spec-ts';
import type { ManifestFile, Plan, Platform } from '../charts/plan/part.ts';
import { plansOf } from '../charts/plan/plan.ts';
import { synthesize } from '../charts/synthesize.ts';
import { changesBetween, differingFiles } from './changes.ts';
import { readFolder, writeFiles } from './files.ts';
import { judge, prepareJudge, startPlacement } from './judge.ts';
import { composeText, fileText } from './manifest-yaml.ts';
import { summary } from './summary.ts';

/** What is generated beside dist/; asked only when the platform holds together. */
export interface Companions {
  /** @default - no Compose file */
  readonly compose?: (plans: readonly Plan[]) => ComposeSpecification;
  /** Pages with generated blocks, by their full path. @default - none */
  readonly pages?: (plans: readonly Plan[], files: readonly ManifestFile[]) => ReadonlyMap<string, string>;
}

/**
 * Synthesizes the platform and writes dist/, compose.yaml and the generated blocks of the documentation below the given folder,
 * all or nothing.
 * @returns what to report to the person who ran it
 * @throws PlatformError, GuardrailError or OutputError before anything is written
 */
export function writePlatform(platform: Platform, { compose, pages }: Companions, root: string): string {
  prepareJudge(platform);
  const files = synthesize(platform);
  const plans = plansOf(platform);
  // The scheduler works beside this thread, which has the texts and the pages to write.
  const placed = startPlacement(plans, files);
  const texts = new Map(files.map((file) => [file.path, fileText(file)]));
  const beside = new Map([
    ...(compose === undefined ? [] : [[join(root, 'compose.yaml'), composeText(compose(plans))] as const]),
    ...(pages?.(plans, files) ?? []),
  ]);
  const dist = join(root, 'dist');
  const { before, after } = differingFiles(readFolder(dist), texts);
  const versions = new Map(
    plans.map(({ environment }) => [`${environment.name}.k8s.yaml`, environment.kubernetesVersion]),
  );
  const kubernetes = (file: string) => versions.get(basename(file));
  let verdict: string;
  try {
    verdict = judge(files, texts, { before, runbooks: runbooksAmong([...beside.keys()]), kubernetes });
  } finally {
    // What the scheduler says comes first: it is the answer where a rule only estimates.
    placed();
  }
  const gone = [...before.keys()].map((path) => [join(dist, path), null] as const);
  const written = [...after].map(([path, text]) => [join(dist, path), text] as const);
  writeFiles(new Map<string, string | null>([...beside, ...gone, ...written]));
  return `${summary(plans, files, changesBetween(before, after))}\n\n${verdict}`;
}

/** The names of the runbooks among pages, as alerts name them; undefined where there are none, and so nobody says. */
function runbooksAmong(pages: readonly string[]): readonly string[] | undefined {
  const names = pages.filter((page) => page.includes(`${sep}runbooks${sep}`)).map((page) => basename(page, '.md'));
  return names.length === 0 ? undefined : names;
}
