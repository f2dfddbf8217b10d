import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { BIN, CACHE, sh } from './machine.ts';

/** A program of a Go module, built as its authors pin its dependencies. */
interface GoProgram {
  readonly module: string;
  readonly version: string;
  /** Packages with a `main`, below the module; the last part is the program's name. */
  readonly packages: readonly string[];
  /** Whether it takes the parts of Kubernetes in the version of Kubernetes itself, where they are compiled anyway. @default - its authors' own */
  readonly shares?: true;
  /** Files of the module that are compiled with another text: what a test never uses of dozens of clouds is most of the compilation. @default - none */
  readonly changed?: Readonly<Record<string, (text: string) => string>>;
}

export const KUBERNETES_VERSION = '1.34.2';

/** What the cluster consists of beside etcd and containerd, which Debian has. */
const PROGRAMS: readonly GoProgram[] = [
  {
    module: 'k8s.io/kubernetes',
    version: `v${KUBERNETES_VERSION}`,
    packages: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'kubectl'].map(
      (name) => `cmd/${name}`,
    ),
  },
  { module: 'github.com/cloudnativelabs/kube-router/v2', version: 'v2.1.0', packages: ['cmd/kube-router'] },
  {
    module: 'github.com/coredns/coredns',
    version: 'v1.12.4',
    packages: ['.'],
    changed: {
      'core/plugin/zplugin.go': (text) =>
        text.replaceAll(/^\t_ ".*\/(?!(?:cache|errors|hosts|kubernetes|onevent|ready)")[^/]*"\n/gm, ''),
    },
  },
  { module: 'sigs.k8s.io/metrics-server', version: 'v0.8.0', packages: ['cmd/metrics-server'], shares: true },
];

/** Parts of Kubernetes that the other programs need too: in one version, they are compiled once. */
const SHARED = /^k8s\.io\/(?:api|apiextensions-apiserver|apimachinery|apiserver|client-go|component-base|metrics)$/;

const LDFLAGS = ['-s', '-w', '-checklinkname=0'];

/** Full path of a program of PROGRAMS, built when it is not in the cache. */
export async function program(name: string): Promise<string> {
  for (const source of PROGRAMS) {
    const found = source.packages.find((path) => nameOf(source.module, path) === name);
    if (found !== undefined) return await build(source, found);
  }
  throw new Error(`no Go program is called ${name}`);
}

/** Builds everything that is missing; compiling on two cores takes about ten minutes the first time, seconds later. */
export async function buildAll(report: (line: string) => void): Promise<void> {
  for (const source of PROGRAMS) {
    for (const path of source.packages) {
      const started = performance.now();
      await build(source, path);
      const seconds = Math.round((performance.now() - started) / 1_000);
      if (seconds > 0) report(`built ${nameOf(source.module, path)} ${source.version} in ${seconds} s`);
    }
  }
}

function nameOf(module: string, path: string): string {
  return (path === '.' ? module : path).split('/').at(-1) ?? '';
}

async function build(source: GoProgram, path: string): Promise<string> {
  const { module, version } = source;
  const name = nameOf(module, path);
  const out = join(BIN, name);
  const built = join(BIN, `${name}-${version}`);
  if (!existsSync(built)) {
    mkdirSync(BIN, { recursive: true });
    const cwd = await workspace(source);
    const flags = ['-trimpath', '-ldflags', [...LDFLAGS, ...stamps(source)].join(' ')];
    const env = { GOFLAGS: '-mod=mod', CGO_ENABLED: '0', GOTOOLCHAIN: 'auto' };
    await sh('go', ['build', ...flags, '-o', `${built}.new`, join(module, path)], { cwd, env, timeoutMs: 3_600_000 });
    renameSync(`${built}.new`, built);
  }
  await sh('ln', ['-sfn', built, out]);
  return out;
}

/** Kubernetes does not know its own version unless it is told. */
function stamps({ module, version }: GoProgram): string[] {
  if (module !== 'k8s.io/kubernetes') return [];
  const [major, minor] = version.slice(1).split('.');
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
    ...[`-X ${path}.gitVersion=${version}`, `-X ${path}.gitMajor=${major}`, `-X ${path}.gitMinor=${minor}`],
    `-X ${path}.gitTreeState=clean`,
  ]);
}

const Side = z.object({ Path: z.string(), Version: z.string().optional() });
const GoMod = z.object({
  Go: z.string(),
  Require: z.array(z.object({ Path: z.string(), Version: z.string() })).default([]),
  Replace: z.array(z.object({ Old: Side, New: Side })).nullish(),
  Exclude: z.array(z.object({ Path: z.string(), Version: z.string() })).nullish(),
});

/** A folder with a go.mod that requires the module and repeats what its own go.mod replaces, which `go install` refuses to follow. */
async function workspace({ module, version, changed, shares }: GoProgram): Promise<string> {
  const folder = join(CACHE, 'src', `${module}@${version}`.replaceAll('/', '_'));
  mkdirSync(folder, { recursive: true });
  const download = await sh('go', ['mod', 'download', '-json', `${module}@${version}`], {
    cwd: folder,
    env: { GOFLAGS: '-mod=mod' },
  });
  const dir = z.object({ Dir: z.string() }).parse(JSON.parse(download)).Dir;
  const mod = GoMod.parse(JSON.parse(await sh('go', ['mod', 'edit', '-json', join(dir, 'go.mod')])));
  const replaced = (mod.Replace ?? []).map(({ Old, New }) => {
    const target = New.Path.startsWith('.') ? join(dir, New.Path) : `${New.Path} ${New.Version ?? ''}`;
    return `replace ${Old.Path} ${Old.Version ?? ''} => ${target}`;
  });
  // Within Kubernetes' own repository they are required as v0.0.0; they are published as v0.34.2 with 1.34.2.
  const parts = KUBERNETES_VERSION.replace(/^1\./, 'v0.');
  const shared = mod.Require.flatMap(({ Path, Version }) => {
    if (Version === 'v0.0.0') return [`replace ${Path} => ${Path} ${parts}`];
    return shares === true && SHARED.test(Path) ? [`require ${Path} ${parts}`] : [];
  });
  const lines = [
    'module cluster',
    `go ${mod.Go}`,
    `require ${module} ${version}`,
    ...shared,
    ...(module === 'k8s.io/kubernetes' ? [] : replaced),
    ...(changed === undefined ? [] : [`replace ${module} => ${changedCopy(dir, join(folder, 'module'), changed)}`]),
    ...(mod.Exclude ?? []).map(({ Path, Version }) => `exclude ${Path} ${Version}`),
  ];
  writeFileSync(join(folder, 'go.mod'), `${lines.join('\n')}\n`);
  return folder;
}

/** A copy of a module in which files have another text: those of the module cache may not be replaced. */
function changedCopy(dir: string, copy: string, changed: NonNullable<GoProgram['changed']>): string {
  rmSync(copy, { recursive: true, force: true });
  cpSync(dir, copy, { recursive: true });
  for (const [file, change] of Object.entries(changed)) {
    const text = readFileSync(join(dir, file), 'utf8');
    rmSync(join(copy, file));
    writeFileSync(join(copy, file), change(text));
  }
  return copy;
}
