import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Platform } from '../../charts/plan/part.ts';
import { synthesize } from '../../charts/synthesize.ts';
import { ROOT } from '../../root.ts';
import { installationOf, writeHelmChart } from './helm-chart.ts';
import { writeKustomizations } from './kustomization.ts';
import { peerPrograms } from './peer-programs.ts';
import { run } from './run.ts';

const { helm: HELM, kubectl: KUBECTL } = peerPrograms(join(ROOT, '.cache/kubectl'));

/** Everything at once, as a chart over the whole platform. */
export const PER_ENVIRONMENT = 'helm template, one release an environment';
/** As teams install that ship their services one by one. */
export const PER_SERVICE = 'helm template, one release a service';

/** Whole processes, in milliseconds by their start and end. */
export type Contender = readonly [name: string, run: () => void];

/** The same objects by helm and, where it can, by kustomize, one render an environment; refuses to measure what is not the same. */
export function peersOf(platform: Platform, folder: string, small: boolean): Contender[] {
  const files = synthesize(platform).filter(({ path }) => !path.includes('/'));
  const installations = files.map(({ path, objects }) => installationOf(path.replace(/\..*/, ''), objects));
  const [chart, kustomizations] = [join(folder, 'chart'), join(folder, 'kustomize')];
  mkdirSync(folder, { recursive: true });
  writeHelmChart(chart, installations);
  writeKustomizations(kustomizations, installations);
  const template = (name: string) => run(HELM, 'template', 'quotes', chart, '-f', join(chart, `values-${name}.yaml`));
  const kustomize = (name: string) => run(KUBECTL, 'kustomize', join(kustomizations, name));
  const releases = (name: string) =>
    ['rest', ...(installations.find(({ environment }) => environment === name)?.services.keys() ?? [])]
      .map((release) => run(HELM, 'template', release, chart, '-f', join(chart, `release-${name}-${release}.yaml`)))
      .join('');
  files.forEach(({ objects }, index) => {
    const name = installations[index]?.environment ?? '';
    const texts = [template(name), ...(small ? [kustomize(name), releases(name)] : [])];
    for (const text of texts) assertSame(objects, loadAll(text), name);
  });
  const rendered = join(folder, 'rendered');
  mkdirSync(rendered);
  const forAll = (render: (name: string) => string) => () => {
    for (const { environment } of installations)
      writeFileSync(join(rendered, `${environment}.yaml`), render(environment));
  };
  return [
    [PER_ENVIRONMENT, forAll(template)],
    [PER_SERVICE, forAll(releases)],
    ...(small ? [['kubectl kustomize', forAll(kustomize)] as const] : []),
  ];
}

function assertSame(ours: readonly unknown[], theirs: readonly unknown[], name: string): void {
  const texts = (objects: readonly unknown[]) =>
    objects.filter(Boolean).map((object) => JSON.stringify(sorted(object)));
  const wanted = new Set(texts(JSON.parse(JSON.stringify(ours))));
  const differing = texts(theirs).filter((text) => !wanted.has(text));
  if (theirs.filter(Boolean).length === ours.length && differing.length === 0) return;
  throw new Error(`${name}: a peer renders other objects than ours, such as ${differing[0]?.slice(0, 200)}`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sorted(child)]));
}
