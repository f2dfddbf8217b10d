import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { platform } from '../charts/platform.ts';
import { ROOT } from '../root.ts';
import { today } from './lab/machine.ts';
import { median } from './lab/median.ts';
import { kindsOf, kubeconform } from './synthesis/kubeconform.ts';
import { largePlatform } from './synthesis/large-platform.ts';
import { type Contender, PER_ENVIRONMENT, PER_SERVICE, peersOf } from './synthesis/peers.ts';
import { run } from './synthesis/run.ts';

const SCRATCH = mkdtempSync(join(tmpdir(), 'quotes-bench-'));

/** How `npm run synth` runs a program. */
const BUNDLED = 'output/run-bundled.mjs';
const PLAIN = 'bench/synthesis/plain-run.ts';

/** What the rows of the first table do, so that nobody compares what differs. */
const READINGS = [
  'What each row does:',
  '',
  '- **Synthesis and YAML alone** checks the catalog and the environments, computes sizes, quotas, policies, checksums, alert rules and dashboards from',
  '  them, and writes all six files of dist/: like for like beside the renders, though they write only the three files without addons.',
  '- **helm, one release a service** is how teams install that ship services one by one: 15 renders, one for each service and one for the rest in',
  '  each environment. The goal, not slower than helm, was set against it. Most of it is the start of 15 processes.',
  '- **helm, one release an environment** is the fastest that helm can do: three renders of a chart over the whole platform. It computes nothing.',
  '  Every value that differs between services or environments stands in its values file as ours computed it, and whatever stands once (the store, its',
  '  scripts, rules, dashboards) is text that it copies. It checks no input, and has no addons. The difference to our first row is what that costs in Node.',
  '- **kubectl kustomize** merges patches into text, likewise computed before.',
  '- **npm run synth** and **node --import tsx main.ts** do all that the first row does, hold the result to every guardrail, and write Compose and the',
  "  generated pages. The row after them is helm's fastest with the same guardrails (and our addons beside it, for the rules want the whole platform).",
  '- **kubeconform** compares each object with the same OpenAPI documents and custom resource definitions that our guardrails fall back to, from a local',
  '  folder. It looks at no two objects together, and knows none of what a server checks beyond types.',
];

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

interface Scale {
  readonly ms: number;
  readonly objects: number;
  readonly peakMiB: number;
}

function scaleOf(count: number, ...flags: string[]): Scale {
  const runs = [1, 2, 3].map(
    (): Scale => JSON.parse(run('node', BUNDLED, 'bench/synthesis/one-run.ts', String(count), ...flags)),
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
  const plain = 'synthesis and YAML alone, as npm run synth runs it';
  const peers = peersOf(platform, join(SCRATCH, 'four'), true);
  const conforms = kubeconform(join(ROOT, '.cache/kubeconform'), kindsOf(platform));
  const umbrella = peers.find(([name]) => name === PER_ENVIRONMENT)?.[1];
  const four = race(
    [
      [plain, () => run('node', BUNDLED, PLAIN)],
      ['synthesis and YAML alone, through tsx', () => run('node', '--import', 'tsx', PLAIN)],
      ...peers,
      ['npm run synth', () => run('npm', 'run', '--silent', 'synth')],
      ['node --import tsx main.ts', () => run('node', '--import', 'tsx', 'main.ts')],
      [
        `${PER_ENVIRONMENT}, then npm run validate`,
        () => {
          umbrella?.();
          run('npm', 'run', '--silent', 'validate', '--', join(SCRATCH, 'four/rendered'), 'dist/addons');
        },
      ],
      [
        `${PER_ENVIRONMENT}, then kubeconform`,
        () => {
          umbrella?.();
          conforms(join(SCRATCH, 'four/rendered'));
        },
      ],
    ],
    7,
  );
  const ours = 'synthesis and YAML alone';
  const large = peersOf(largePlatform(1_000, false), join(SCRATCH, 'thousand'), false);
  const thousand = new Map([
    ...race(
      [
        [ours, () => run('node', BUNDLED, 'bench/synthesis/one-run.ts', '1000')],
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
    ...raceRows(four, plain),
    '',
    ...READINGS,
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
