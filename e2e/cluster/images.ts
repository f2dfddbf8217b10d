import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { IMAGES } from '../../charts/images.ts';
import { ROOT } from '../../root.ts';
import { CACHE, FULL, sh, unmountBelow } from './machine.ts';
import type { Node } from './node.ts';
import { AUTHORITY_FILE, keepAuthority } from './pki.ts';
import { applicationImage } from './platform.ts';
import { program } from './programs.ts';

const ARCHIVES = join(CACHE, 'images');
const STORAGE = [
  '--root',
  join(CACHE, 'buildah'),
  '--runroot',
  join(CACHE, 'buildah-run'),
  '--storage-driver',
  'overlay',
];
/** Debian with what the containers of the store and its jobs run. No registry is asked: the names of dist/ are given to images made here. */
const DEBIAN = {
  suite: 'trixie',
  packages:
    'ca-certificates,libstdc++6,valkey-server,valkey-sentinel,valkey-tools,busybox,procps,prometheus-redis-exporter,restic',
};
const BASE = 'localhost/debian:1';
const NODE_IMAGE = 'localhost/node:20';

interface Image {
  /** The name in dist/, or one of ours for what the cluster itself runs. */
  readonly name: string;
  readonly from: string;
  /** Files of this machine, by their place in the image. */
  readonly files?: Readonly<Record<string, string>>;
  readonly entrypoint?: string;
}

/** The archives of all images: the store, its exporter, the application, and what the cluster itself runs. No registry is asked. */
export async function buildImages(report: (line: string) => void): Promise<readonly string[]> {
  try {
    const archives: string[] = [];
    for (const image of await wanted()) archives.push(await archiveOf(image, report));
    return [...archives, await buildApplication(applicationImage(), report)];
  } finally {
    await unmountBelow(join(CACHE, 'buildah'));
  }
}

/** Loads the archives into a node's containerd; what dist/ names by digest gets that name, too, since ours has another one. */
export async function loadImages(node: Node, archives: readonly string[]): Promise<void> {
  for (const archive of archives) await node.ctr('images', 'import', archive);
  for (const image of [...STORE, ...MONITORING]) {
    const { name, digest } = namesOf(image);
    if (digest === undefined) continue;
    await node.ctr('images', 'tag', '--force', name, `${name.slice(0, name.lastIndexOf(':'))}@${digest}`);
  }
}

/** As it can be built, `name:tag`, and the digest that stands behind it in dist/. */
function namesOf(image: string) {
  const [name = '', digest] = image.split('@');
  return { name, digest };
}

const STORE = [IMAGES.redis, IMAGES.restic, IMAGES.redisExporter];
const MONITORING = FULL ? [IMAGES.prometheus, IMAGES.alertmanager, IMAGES.kubeStateMetrics] : [];

async function wanted(): Promise<Image[]> {
  return [
    { name: 'localhost/pause:1', from: 'scratch', files: { '/pause': await buildPause() }, entrypoint: '/pause' },
    { name: namesOf(IMAGES.redis).name, from: BASE },
    { name: namesOf(IMAGES.restic).name, from: BASE, entrypoint: '/usr/bin/restic' },
    { name: namesOf(IMAGES.redisExporter).name, from: BASE, entrypoint: '/usr/bin/prometheus-redis-exporter' },
    await alone('localhost/coredns:1', 'coredns'),
    await alone('localhost/metrics-server:1', 'metrics-server'),
    ...(FULL ? await monitoringAndEntrance() : []),
  ];
}

async function monitoringAndEntrance(): Promise<Image[]> {
  await keepAuthority();
  return [
    await alone(namesOf(IMAGES.traefik).name, 'traefik'),
    await alone(namesOf(IMAGES.prometheus).name, 'prometheus'),
    await alone(namesOf(IMAGES.kubeStateMetrics).name, 'kube-state-metrics'),
    // It sends mail to a server that the suite's authority vouches for.
    await alone(namesOf(IMAGES.alertmanager).name, 'alertmanager', { '/etc/ssl/certs/suite.crt': AUTHORITY_FILE }),
  ];
}

/** An image of one program. */
async function alone(name: string, binary: string, files: Readonly<Record<string, string>> = {}): Promise<Image> {
  // Prometheus and Alertmanager have their volumes at the names of their programs.
  const path = FULL ? `/bin/${binary}` : `/${binary}`;
  return { name, from: 'scratch', files: { [path]: await program(binary), ...files }, entrypoint: path };
}

async function archiveOf(
  { name, from, files = {}, entrypoint }: Image,
  report: (line: string) => void,
): Promise<string> {
  const contents = Object.values(files).map((file) => readFileSync(file));
  const key = digest(JSON.stringify([name, from, entrypoint, DEBIAN]), ...contents);
  return await cached(name, key, report, async () => {
    if (from === BASE) await base();
    const context = join(CACHE, 'context');
    rmSync(context, { recursive: true, force: true });
    mkdirSync(context, { recursive: true });
    const lines = [`FROM ${from}`];
    for (const [at, file] of Object.entries(files)) {
      copyFileSync(file, join(context, basename(at)));
      chmodSync(join(context, basename(at)), 0o755);
      lines.push(`COPY ${basename(at)} ${at}`);
    }
    if (entrypoint !== undefined) lines.push(`ENTRYPOINT ["${entrypoint}"]`);
    writeFileSync(join(context, 'Containerfile'), `${lines.join('\n')}\n`);
    await bud('--tag', name, '--file', join(context, 'Containerfile'), context);
  });
}

/** The application's image from its own Dockerfile, under the name that dist/ gives it. */
async function buildApplication(name: string, report: (line: string) => void): Promise<string> {
  const paths = ['app', 'test', 'package.json', 'package-lock.json', 'tsconfig.json', 'vitest.config.ts'];
  const listed = (await sh('git', ['ls-files', ...paths], { cwd: ROOT }))
    .split('\n')
    .filter((path) => existsSync(join(ROOT, path)));
  const key = digest(name, ...listed.filter(Boolean).flatMap((path) => [path, readFileSync(join(ROOT, path))]));
  return await cached(name, key, report, async () => {
    await nodeImage();
    const args = ['--build-arg', `NODE_IMAGE=${NODE_IMAGE}`, '--build-arg', `VERSION=${name.split(':').at(-1)}`];
    await bud('--layers', '--format', 'docker', ...args, '--tag', name, '--file', 'app/Dockerfile', '.');
  });
}

async function cached(
  name: string,
  key: string,
  report: (line: string) => void,
  make: () => Promise<void>,
): Promise<string> {
  const archive = join(ARCHIVES, `${name.replaceAll(/[/:@]/g, '_')}-${key}.tar`);
  if (existsSync(archive)) return archive;
  const started = performance.now();
  mkdirSync(ARCHIVES, { recursive: true });
  await make();
  rmSync(`${archive}.new`, { force: true });
  await buildah('push', name, `docker-archive:${archive}.new:${name}`);
  renameSync(`${archive}.new`, archive);
  report(`image ${name} in ${Math.round((performance.now() - started) / 1_000)} s`);
  return archive;
}

async function bud(...args: readonly string[]): Promise<void> {
  await buildah('build', '--pull-never', '--isolation', 'chroot', ...args);
}

async function buildah(command: string, ...args: readonly string[]): Promise<string> {
  return await sh('buildah', [...STORAGE, command, ...args], { cwd: ROOT, timeoutMs: 1_200_000 });
}

/** A Debian root of the suite that has the store's line, as an image. */
async function base(): Promise<void> {
  if ((await buildah('images', '--quiet', '--filter', `reference=${BASE}`)).trim() !== '') return;
  const root = join(CACHE, `debian-${DEBIAN.suite}`);
  if (!existsSync(root)) {
    rmSync(`${root}.new`, { recursive: true, force: true });
    const mirror = (
      await sh('sh', [
        '-c',
        `grep -rhoE '[a-z+]+://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d | grep -v snapshot | head -1`,
      ])
    ).trim();
    await sh(
      'debootstrap',
      ['--variant=minbase', `--include=${DEBIAN.packages}`, DEBIAN.suite, `${root}.new`, mirror],
      { timeoutMs: 1_200_000 },
    );
    renameSync(`${root}.new`, root);
  }
  await imageOf(BASE, root);
}

async function imageOf(name: string, root: string): Promise<void> {
  const container = (await buildah('from', 'scratch')).trim();
  await buildah('add', '--quiet', container, root, '/');
  await buildah('commit', '--quiet', container, name);
  await buildah('rm', container);
}

/** The base with this machine's Node, in place of the image that a registry would give. */
async function nodeImage(): Promise<void> {
  if ((await buildah('images', '--quiet', '--filter', `reference=${NODE_IMAGE}`)).trim() !== '') return;
  await base();
  const container = (await buildah('from', '--pull-never', BASE)).trim();
  const prefix = join(process.execPath, '../..');
  await buildah('copy', '--quiet', container, process.execPath, '/usr/local/bin/node');
  await buildah('copy', '--quiet', container, join(prefix, 'lib/node_modules'), '/usr/local/lib/node_modules');
  const authorities = '/etc/ssl/certs/ca-certificates.crt';
  await buildah('copy', '--quiet', container, authorities, authorities);
  const links =
    'ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm; ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx';
  await buildah('run', '--isolation', 'chroot', container, '--', 'sh', '-c', links);
  await buildah('config', '--env', 'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt', container);
  await buildah('commit', '--quiet', container, NODE_IMAGE);
  await buildah('rm', container);
}

/** The process that holds the namespaces of a pod. */
async function buildPause(): Promise<string> {
  const out = join(CACHE, 'bin', 'pause');
  if (existsSync(out)) return out;
  const folder = join(CACHE, 'src', 'pause');
  mkdirSync(folder, { recursive: true });
  cpSync(join(import.meta.dirname, 'pause.go.txt'), join(folder, 'main.go'));
  await sh('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', out, 'main.go'], {
    cwd: folder,
    env: { CGO_ENABLED: '0' },
  });
  return out;
}

function digest(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 16);
}
