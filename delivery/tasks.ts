/** One `npm run` command, as `npm run help` and docs/reference/commands.md show it. */
export interface Task {
  readonly topic: Topic;
  readonly summary: string;
  /** The commands that it is made of, where it is more than one program. @default - package.json names its program */
  readonly steps?: readonly string[];
}

export const TOPICS = ['work', 'change', 'check', 'clusters', 'releases', 'measure', 'upkeep'] as const;
type Topic = (typeof TOPICS)[number];

const E2E = 'npm run --silent setup:e2e';
const BENCH = 'npm run --silent setup:bench';
/** TypeScript 7 by its place: `npx tsc` is the one of jsii, which cdk8s-cli brings. */
const TSC = 'node node_modules/typescript-native/bin/tsc';
const install = (folder: string) => [
  `npm install --no-save --prefix ${folder} --no-audit --no-fund --loglevel=error`,
  `${TSC} -p ${folder}`,
];

/** Every script of package.json. What is made of several steps is here and not there, so that it has progress and --help as well. */
export const TASKS = {
  dev: { topic: 'work', summary: 'the whole platform on this laptop, restarted on changes' },
  test: { topic: 'work', summary: 'the tests that need only Node' },
  help: { topic: 'work', summary: 'this list' },
  start: { topic: 'work', summary: 'this list' },
  'game-day': { topic: 'work', summary: 'break the platform of npm run dev on purpose, and measure' },
  docs: { topic: 'work', summary: 'build the documentation as a site; -- --serve shows it' },

  new: { topic: 'change', summary: 'begin a service or an environment' },
  synth: { topic: 'change', summary: 'write dist/, compose.yaml and the generated pages' },
  diff: { topic: 'change', summary: 'what a change does to which environment' },
  plan: { topic: 'change', summary: 'where the scheduler puts the pods on the declared nodes' },
  validate: { topic: 'change', summary: 'hold any manifests to the guardrails' },
  judge: { topic: 'change', summary: 'build the judge: the code of Kubernetes, Prometheus and Alertmanager' },
  examples: {
    topic: 'change',
    summary: 'synthesize the other platforms in examples/',
    steps: ['node --import tsx examples/boutique/main.ts', 'node --import tsx examples/third-party/main.ts'],
  },

  check: {
    topic: 'check',
    summary: 'the gate of every change',
    steps: ['types', 'lint', 'coverage', 'synth', 'examples', 'drift'].map((name) => `npm run --silent ${name}`),
  },
  types: { topic: 'check', summary: 'the type check' },
  lint: { topic: 'check', summary: 'lint and format, as CI asks for them' },
  format: { topic: 'check', summary: 'mend what lint can mend' },
  coverage: { topic: 'check', summary: 'the tests, with their coverage' },
  drift: {
    topic: 'check',
    summary: 'nothing generated differs from what is committed',
    steps: ['node --import tsx test/drift.ts'],
  },
  'test:e2e': {
    topic: 'check',
    summary: 'the suites with real programs',
    steps: [E2E, 'npx vitest run --project e2e'],
  },
  'test:resilience': {
    topic: 'check',
    summary: 'faults under load',
    steps: [E2E, 'npx vitest run --project resilience'],
  },
  'test:kit': { topic: 'check', summary: 'change a copy of the repository as a person would, and test it' },
  'test:durability': { topic: 'check', summary: 'break the store and count what was lost (Linux, root)' },
  'test:judge': { topic: 'check', summary: 'the judge, built anew', steps: ['.ci/test-judge'] },
  'test:kubernetes': {
    topic: 'check',
    summary: 'dist/ in a Kubernetes of three nodes on this machine (Linux, root, Go)',
    steps: [E2E, 'node --import tsx e2e/cluster/run.ts'],
  },

  up: { topic: 'clusters', summary: 'bring dev up in the cluster of kubectl' },
  down: { topic: 'clusters', summary: 'remove what up brought, data included' },
  doctor: { topic: 'clusters', summary: 'what the cluster lacks for each environment' },
  'test:cluster': { topic: 'clusters', summary: 'ask the API server for a dry run of every object' },
  'test:cluster:up': { topic: 'clusters', summary: "start the suite's cluster and leave it running" },
  'test:cluster:down': { topic: 'clusters', summary: "stop the suite's cluster" },

  image: { topic: 'releases', summary: 'build the image under the name that dist/ gives it' },
  images: {
    topic: 'releases',
    summary: 'the digests of the images that the platform runs',
    steps: ['node --import tsx delivery/image/pins.ts'],
  },
  sbom: {
    topic: 'releases',
    summary: 'the bill of materials of the image',
    steps: ['node --import tsx app/image/sbom.ts'],
  },
  bundle: {
    topic: 'releases',
    summary: 'the programs of the image, in build/',
    steps: ['node --import tsx app/image/bundle.ts'],
  },
  promote: { topic: 'releases', summary: 'put a release into an environment' },
  rollback: { topic: 'releases', summary: 'take an environment back to the release before' },

  bench: {
    topic: 'measure',
    summary: 'the application beside its peers',
    steps: [BENCH, E2E, 'node --import tsx bench/run.ts'],
  },
  soak: {
    topic: 'measure',
    summary: 'twenty minutes of mixed load',
    steps: [BENCH, 'node --import tsx bench/soak.ts'],
  },
  'bench:synth': {
    topic: 'measure',
    summary: 'synthesis of 100 and 1,000 services',
    steps: ['node --import tsx bench/synth.ts'],
  },
  'bench:guardrails': {
    topic: 'measure',
    summary: 'the guardrails over large platforms',
    steps: ['node --import tsx bench/guardrails.ts'],
  },

  hooks: {
    topic: 'upkeep',
    summary: 'install the checks before a commit',
    steps: ['npm ci --prefix .githooks --no-audit --no-fund --loglevel=error', 'git config core.hooksPath .githooks'],
  },
  'setup:e2e': { topic: 'upkeep', summary: 'install what the suites need beside npm ci', steps: install('e2e') },
  'setup:bench': { topic: 'upkeep', summary: 'install what the benchmarks need', steps: install('bench') },
  client: {
    topic: 'upkeep',
    summary: 'generate the typed client from the APIs',
    steps: [
      'npm ci --prefix client --no-audit --no-fund --loglevel=error',
      'node --import tsx client/generate.ts',
      `${TSC} -p client`,
    ],
  },
  schemas: {
    topic: 'upkeep',
    summary: 'write the shapes of the APIs that the guardrails check',
    steps: ['node --import tsx delivery/schemas.ts'],
  },
} as const satisfies Readonly<Record<string, Task>>;
