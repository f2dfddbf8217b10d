import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { IMAGES } from '../../charts/images.ts';
import { BIN, CACHE, FULL, sh } from './machine.ts';

/** A program of a Go module, built as its authors pin its dependencies. */
export interface GoProgram {
  readonly module: string;
  readonly version: string;
  /** Packages with a `main`, below the module; the last part is the program's name. */
  readonly packages: readonly string[];
  /** Whether it takes the parts of Kubernetes in the version of Kubernetes itself, where they are compiled anyway. @default - its authors' own */
  readonly shares?: true;
  /** Whether only the whole suite needs it. @default - the short one, too */
  readonly full?: true;
  /** Other versions of what its authors replace, where no proxy has theirs. @default - none */
  readonly instead?: Readonly<Record<string, string>>;
  /** Build tags. @default - none */
  readonly tags?: readonly string[];
  /** Files of the module that are compiled with another text, or that it lacks: what a test never uses of dozens of clouds is most of the compilation. @default - none */
  readonly changed?: Readonly<Record<string, (text: string) => string>>;
}

export const KUBERNETES_VERSION = '1.34.2';

/** The version of an image of dist/. */
export function shipped(image: string): string {
  return /:(v[\d.]+)/.exec(image)?.[1] ?? '';
}

/** Traefik's provider of Amazon's containers, without Amazon. */
const NO_ECS = `package ecs

import (
	"errors"

	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	"github.com/traefik/traefik/v3/pkg/safe"
)

const ProviderName = "ecs"

type Provider struct{}

func (p *Provider) SetDefaults() {}
func (p *Provider) Init() error { return errors.New("there is no ECS here") }
func (p *Provider) Provide(chan<- dynamic.Message, *safe.Pool) error { return nil }
`;

/** What the cluster consists of beside etcd and containerd, which Debian has; what dist/ names in the version that it names. */
export const PROGRAMS: readonly GoProgram[] = [
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
  {
    module: 'github.com/traefik/traefik/v3',
    version: shipped(IMAGES.traefik),
    full: true,
    packages: ['cmd/traefik'],
    instead: { 'github.com/containous/go-http-auth': 'v0.4.1-0.20200324110947-a37a7636d23e' },
    changed: {
      'pkg/provider/acme/provider.go': (text) =>
        text
          .replace(/^\t".*\/lego\/v\d+\/providers\/dns"\n/m, '')
          .replace(/dns\.NewDNSChallengeProviderByName\(.*\)/, 'nil, fmt.Errorf("there are no DNS providers here")'),
      'pkg/provider/ecs/ecs.go': () => NO_ECS,
      'pkg/provider/ecs/config.go': () => 'package ecs\n',
      'pkg/provider/ecs/label.go': () => 'package ecs\n',
      // A module of its own that nobody publishes; it is there to be replaced by extensions.
      'pkg/config/dynamic/ext/go.mod': () => 'module github.com/traefik/traefik/dynamic/ext\n',
      'pkg/config/dynamic/ext/ext.go': () => 'package ext\n\ntype HTTP struct{}\n\ntype Router struct{}\n',
    },
  },
  {
    module: 'github.com/prometheus/prometheus',
    shares: true,
    full: true,
    // Version 3.13.4 of the program is version 0.313.4 of the module.
    version: shipped(IMAGES.prometheus).replace(/^v3\.(\d+)/, (_, minor: string) => `v0.3${minor.padStart(2, '0')}`),
    packages: ['cmd/prometheus'],
    tags: ['remove_all_sd', 'enable_kubernetes_sd'],
  },
  {
    module: 'github.com/prometheus/alertmanager',
    version: shipped(IMAGES.alertmanager),
    full: true,
    packages: ['cmd/alertmanager'],
    // Its pages are not in the module.
    changed: { 'ui/web.go': (text) => text.replace('//go:embed app/dist', '//go:embed app/index.html') },
  },
  {
    module: 'k8s.io/kube-state-metrics/v2',
    version: shipped(IMAGES.kubeStateMetrics),
    full: true,
    packages: ['.'],
  },
];

/** Parts of Kubernetes that the other programs need too: in one version, they are compiled once. */
const SHARED = /^k8s\.io\/(?:api|apiextensions-apiserver|apimachinery|apiserver|client-go|component-base|metrics)$/;

const LDFLAGS = ['-s', '-w', '-checklinkname=0'];

/** Full path of a program of PROGRAMS, built when it is not in the cache. @param version of a program. @default - as listed */
export async function program(name: string, version?: string): Promise<string> {
  for (const source of PROGRAMS) {
    const found = source.packages.find((path) => nameOf(source.module, path) === name);
    if (found !== undefined) return await build(version === undefined ? source : { ...source, version }, found);
  }
  throw new Error(`no Go program is called ${name}`);
}

/** Builds everything that is missing; compiling on two cores takes about ten minutes the first time, seconds later. */
export async function buildAll(report: (line: string) => void): Promise<void> {
  for (const source of PROGRAMS.filter(({ full }) => full !== true || FULL)) {
    for (const path of source.packages) {
      const started = performance.now();
      await build(source, path);
      const seconds = Math.round((performance.now() - started) / 1_000);
      if (seconds > 0) report(`built ${nameOf(source.module, path)} ${source.version} in ${seconds} s`);
    }
  }
}

function nameOf(module: string, path: string): string {
  return (path === '.' ? module.replace(/\/v\d+$/, '') : path).split('/').at(-1) ?? '';
}

/** A program of a module, in the cache of this machine. */
export async function build(source: GoProgram, path: string): Promise<string> {
  const { module, version } = source;
  const name = nameOf(module, path);
  const out = join(BIN, name);
  const built = join(BIN, `${name}-${version}`);
  if (!existsSync(built)) {
    mkdirSync(BIN, { recursive: true });
    const cwd = await workspace(source);
    const tags = (source.tags ?? []).join(',');
    const flags = ['-trimpath', '-tags', tags, '-ldflags', [...LDFLAGS, ...stamps(source)].join(' ')];
    const env = { GOFLAGS: '-mod=mod', CGO_ENABLED: '0', GOTOOLCHAIN: 'auto' };
    await sh('go', ['build', ...flags, '-o', `${built}.new`, join(module, path)], { cwd, env, timeoutMs: 3_600_000 });
    renameSync(`${built}.new`, built);
  }
  if (!PROGRAMS.includes(source)) return built;
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
async function workspace({ module, version, changed, shares, instead = {} }: GoProgram): Promise<string> {
  const folder = join(CACHE, 'src', `${module}@${version}`.replaceAll('/', '_'));
  mkdirSync(folder, { recursive: true });
  const download = await sh('go', ['mod', 'download', '-json', `${module}@${version}`], {
    cwd: folder,
    env: { GOFLAGS: '-mod=mod' },
  });
  const dir = z.object({ Dir: z.string() }).parse(JSON.parse(download)).Dir;
  const source = changed === undefined ? dir : changedCopy(dir, join(folder, 'module'), changed);
  const mod = GoMod.parse(JSON.parse(await sh('go', ['mod', 'edit', '-json', join(dir, 'go.mod')])));
  const replaced = (mod.Replace ?? []).map(({ Old, New }) => {
    const target = New.Path.startsWith('.')
      ? join(source, New.Path)
      : `${New.Path} ${instead[New.Path] ?? New.Version ?? ''}`;
    return `replace ${Old.Path} ${Old.Version ?? ''} => ${target}`;
  });
  // Within Kubernetes' own repository they are required as v0.0.0; they are published as v0.34.2 with 1.34.2.
  const parts = (module === 'k8s.io/kubernetes' ? version : `v${KUBERNETES_VERSION}`).replace(/^v1\./, 'v0.');
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
    ...(changed === undefined ? [] : [`replace ${module} => ${source}`]),
    ...(mod.Exclude ?? []).map(({ Path, Version }) => `exclude ${Path} ${Version}`),
  ];
  writeFileSync(join(folder, 'go.mod'), `${lines.join('\n')}\n`);
  return folder;
}

/** A copy of a module in which files have another text, or were added: those of the module cache may not be replaced. */
function changedCopy(dir: string, copy: string, changed: NonNullable<GoProgram['changed']>): string {
  rmSync(copy, { recursive: true, force: true });
  cpSync(dir, copy, { recursive: true });
  for (const [file, change] of Object.entries(changed)) {
    const target = join(copy, file);
    const text = existsSync(target) ? readFileSync(target, 'utf8') : '';
    rmSync(target, { force: true });
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, change(text));
  }
  return copy;
}
