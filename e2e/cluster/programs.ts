import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { BIN, CACHE, sh } from './machine.ts';

/** A program of a Go module, built as its authors pin its dependencies. */
interface GoProgram {
  readonly module: string;
  readonly version: string;
  /** Packages with a `main`, below the module; the last part is the program's name. */
  readonly packages: readonly string[];
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
  { module: 'github.com/coredns/coredns', version: 'v1.12.4', packages: ['.'] },
];

const LDFLAGS = ['-s', '-w', '-checklinkname=0'];

/** Full path of a program of PROGRAMS, built when it is not in the cache. */
export async function program(name: string): Promise<string> {
  for (const { module, version, packages } of PROGRAMS) {
    const found = packages.find((path) => nameOf(module, path) === name);
    if (found !== undefined) return await build({ module, version, path: found });
  }
  throw new Error(`no Go program is called ${name}`);
}

/** Builds everything that is missing; compiling on two cores takes about ten minutes the first time, seconds later. */
export async function buildAll(report: (line: string) => void): Promise<void> {
  for (const { module, version, packages } of PROGRAMS) {
    for (const path of packages) {
      const started = performance.now();
      await build({ module, version, path });
      const seconds = Math.round((performance.now() - started) / 1_000);
      if (seconds > 0) report(`built ${nameOf(module, path)} ${version} in ${seconds} s`);
    }
  }
}

function nameOf(module: string, path: string): string {
  return (path === '.' ? module : path).split('/').at(-1) ?? '';
}

interface Target {
  readonly module: string;
  readonly version: string;
  readonly path: string;
}

async function build({ module, version, path }: Target): Promise<string> {
  const name = nameOf(module, path);
  const out = join(BIN, name);
  const built = join(BIN, `${name}-${version}`);
  if (!existsSync(built)) {
    mkdirSync(BIN, { recursive: true });
    const cwd = await workspace(module, version);
    const flags = ['-trimpath', '-ldflags', [...LDFLAGS, ...stamps(module, version)].join(' ')];
    const env = { GOFLAGS: '-mod=mod', CGO_ENABLED: '0', GOTOOLCHAIN: 'auto' };
    await sh('go', ['build', ...flags, '-o', `${built}.new`, join(module, path)], { cwd, env, timeoutMs: 3_600_000 });
    renameSync(`${built}.new`, built);
  }
  await sh('ln', ['-sf', built, out]);
  return out;
}

/** Kubernetes does not know its own version unless it is told. */
function stamps(module: string, version: string): string[] {
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
async function workspace(module: string, version: string): Promise<string> {
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
  // The parts of Kubernetes that live in its own repository are required as v0.0.0 and published as v0.34.2.
  const own = version.replace(/^v1\./, 'v0.');
  const staged = mod.Require.filter(({ Version }) => Version === 'v0.0.0').map(
    ({ Path }) => `replace ${Path} => ${Path} ${own}`,
  );
  const lines = [
    'module cluster',
    `go ${mod.Go}`,
    `require ${module} ${version}`,
    ...(staged.length > 0 ? staged : replaced),
    ...(mod.Exclude ?? []).map(({ Path, Version }) => `exclude ${Path} ${Version}`),
  ];
  writeFileSync(join(folder, 'go.mod'), `${lines.join('\n')}\n`);
  return folder;
}
