import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { catalog } from '../charts/catalog.ts';
import { environments } from '../charts/environments/all.ts';
import { type Platform, synthesize } from '../charts/platform.ts';
import { today } from './lab/machine.ts';
import { median } from './lab/median.ts';
import { installationOf, writeHelmChart } from './synthesis/helm-chart.ts';
import { writeKustomizations } from './synthesis/kustomization.ts';
import { largePlatform } from './synthesis/large-platform.ts';
import { peerPrograms } from './synthesis/peer-programs.ts';

const ROOT = join(import.meta.dirname, '..');
const SCRATCH = mkdtempSync(join(tmpdir(), 'quotes-bench-'));
const { helm, kubectl } = peerPrograms(join(ROOT, '.cache/kubectl'));

/** As teams install that ship their services one by one. */
const PER_SERVICE = 'helm template, one release a service';

/** Whole processes, in milliseconds by their start and end. */
type Contender = readonly [name: string, run: () => void];

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Medians of interleaved runs: what disturbs the machine disturbs all of them. */
function race(contenders: readonly Contender[], rounds: number): Map<string, number> {
  const times = new Map<string, number[]>(contenders.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, go] of contenders) {
      const start = performance.now();
      go();
      times.get(name)?.push(performance.now() - start);
    }
  }
  return new Map([...times].map(([name, values]) => [name, median(values)]));
}

/** The same objects by helm and, where it can, by kustomize, one render an environment; refuses to measure what is not the same. */
function peersOf(platform: Platform, folder: string, small: boolean): Contender[] {
  const files = synthesize(platform).filter(({ path }) => !path.includes('/'));
  const installations = files.map(({ path, objects }) => installationOf(path.replace(/\..*/, ''), objects));
  const [chart, kustomizations] = [join(folder, 'chart'), join(folder, 'kustomize')];
  mkdirSync(folder, { recursive: true });
  writeHelmChart(chart, installations);
  writeKustomizations(kustomizations, installations);
  const template = (name: string) => run(helm, 'template', 'quotes', chart, '-f', join(chart, `values-${name}.yaml`));
  const kustomize = (name: string) => run(kubectl, 'kustomize', join(kustomizations, name));
  const releases = (name: string) =>
    ['rest', ...(installations.find(({ environment }) => environment === name)?.services.keys() ?? [])]
      .map((release) => run(helm, 'template', release, chart, '-f', join(chart, `release-${name}-${release}.yaml`)))
      .join('');
  files.forEach(({ objects }, index) => {
    const name = installations[index]?.environment ?? '';
    const texts = [template(name), ...(small ? [kustomize(name), releases(name)] : [])];
    for (const text of texts) assertSame(objects, loadAll(text), name);
  });
  const forAll = (render: (name: string) => string) => () => {
    for (const { environment } of installations)
      writeFileSync(join(folder, `${environment}.yaml`), render(environment));
  };
  return [
    ['helm template, one release an environment', forAll(template)],
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

interface Scale {
  readonly ms: number;
  readonly objects: number;
  readonly peakMiB: number;
}

function scaleOf(count: number, ...flags: string[]): Scale {
  const runs = [1, 2, 3].map(
    (): Scale => JSON.parse(run('node', '--import', 'tsx', 'bench/synthesis/one-run.ts', String(count), ...flags)),
  );
  const middle = (pick: (scale: Scale) => number) => median(runs.map(pick));
  return {
    ms: middle(({ ms }) => ms),
    objects: middle(({ objects }) => objects),
    peakMiB: middle(({ peakMiB }) => peakMiB),
  };
}

function scaleRows(label: string, ...flags: string[]): string[] {
  const scales = [10, 100, 1_000].map((count) => ({ count, ...scaleOf(count, ...flags) }));
  const at100 = scales[1] === undefined ? Number.NaN : scales[1].ms / 100;
  return scales.map(
    ({ count, ms, objects, peakMiB }) =>
      `| ${label} | ${count} | ${objects} | ${ms.toFixed(0)} | ${(ms / count).toFixed(2)} | ${(ms / count / at100).toFixed(2)} | ${peakMiB.toFixed(0)} |`,
  );
}

function raceRows(times: ReadonlyMap<string, number>, base: string): string[] {
  const one = times.get(base) ?? Number.NaN;
  return [...times].map(([name, ms]) => `| ${name} | ${ms.toFixed(0)} | ${(ms / one).toFixed(2)} |`);
}

try {
  const direct = 'node --import tsx main.ts';
  const four = race(
    [
      ['npm run synth', () => run('npm', 'run', '--silent', 'synth')],
      [direct, () => run('node', '--import', 'tsx', 'main.ts')],
      [
        'the same without guardrails, pages, Compose',
        () => run('node', '--import', 'tsx', 'bench/synthesis/plain-run.ts'),
      ],
      ...peersOf({ catalog, environments }, join(SCRATCH, 'four'), true),
    ],
    7,
  );
  const ours = 'node --import tsx one-run.ts 1000';
  const large = peersOf(largePlatform(1_000, false), join(SCRATCH, 'thousand'), false);
  const thousand = new Map([
    ...race(
      [
        [ours, () => run('node', '--import', 'tsx', 'bench/synthesis/one-run.ts', '1000')],
        ...large.filter(([name]) => name !== PER_SERVICE),
      ],
      3,
    ),
    // A thousand processes, so once.
    ...race(
      large.filter(([name]) => name === PER_SERVICE),
      1,
    ),
  ]);
  const report = [
    '# What synthesis costs',
    '',
    `Written by \`npm run bench:synth\` on ${today()}: ${cpus().length} x ${cpus()[0]?.model ?? ''}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, load average ${loadavg()[1]?.toFixed(1)}: above 1, read the ratios only.`,
    'Whole processes; medians of interleaved runs (7 of the small platform, 3 of the large one, 1 of the thousand releases). helm and kubectl render the same objects: every one is compared before the clock starts.',
    '',
    '## 4 services in 3 environments',
    '',
    '| | ms | ratio |',
    '|---|---:|---:|',
    ...raceRows(four, direct),
    '',
    '## 1,000 services in one environment, unwatched',
    '',
    'Without kubectl kustomize: it compares all resources with each other, and had not finished after two minutes of CPU.',
    '',
    '| | ms | ratio |',
    '|---|---:|---:|',
    ...raceRows(thousand, ours),
    '',
    '## Cost per service (synthesis and YAML, in process; medians of 3)',
    '',
    '| | services | objects | ms | ms a service | against 100 | peak MiB |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...scaleRows('services, store, edge'),
    ...scaleRows('with dashboards, rules and alerts', 'watched'),
    '',
  ].join('\n');
  writeFileSync(join(ROOT, 'bench/synth.md'), report);
  console.log(report);
} finally {
  rmSync(SCRATCH, { recursive: true, force: true });
}
