import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kubectl } from '../cluster/kubectl.ts';
import type { Builder } from '../image/builder.ts';
import { distFile, ownImage, type Rendered, renderedObjects } from '../rendered.ts';
import { NOT_FOUND, type Run } from '../run.ts';
import { installMissing } from './addons.ts';

const READY_WITHIN = '300s';

export interface UpOptions {
  readonly root: string;
  readonly environment: string;
  /** Repository of the platform's own image, without a tag. */
  readonly repository: string;
  /** Secret and key that hold the administrator's key. */
  readonly adminKey: { readonly secret: string; readonly key: string };
  /** The Service that people open. */
  readonly entrance: string;
  readonly anyContext: boolean;
}

export interface UpTools {
  readonly kubectl: Kubectl;
  readonly run: Run;
  readonly findBuilder: () => Builder;
  readonly report: (line: string) => void;
  /** Asks whoever runs the command; false where nobody can answer. */
  readonly consent: (question: string) => Promise<boolean>;
}

/**
 * Brings an environment of dist/ up in the cluster of the current context: builds the image, loads it into the nodes, installs with consent
 * what the cluster lacks, applies, waits.
 * Safe to repeat.
 * @throws Error that names what is missing or failed, and what to do
 */
export async function up(options: UpOptions, tools: UpTools): Promise<void> {
  const { root, environment, anyContext } = options;
  const { kubectl, report } = tools;
  const objects = renderedObjects(root, environment);
  await kubectl.requireCluster();
  const { context, cluster } = await localCluster(kubectl);
  if (cluster === undefined && !anyContext) {
    throw new Error(
      `the context ${context} is not a kind, k3d, minikube or Docker Desktop cluster; add --any-context to use it all the same, with the image in a registry that it reaches`,
    );
  }
  report(`cluster: ${context}${cluster === undefined ? '' : ` (${cluster.tool})`}`);
  const missing = secretsMissing(objects);
  if (missing.length > 0) {
    throw new Error(
      `${environment} expects secrets from a vault (${missing.join(', ')}); docs/how-to/operations.md, "Apply", says how to fill them`,
    );
  }
  if (cluster !== undefined) await provideImage(options, cluster, tools);
  await installMissing(objects, cluster, { ...tools, step: (command) => step(tools, root, command) });
  await step(tools, root, ['kubectl', 'apply', '--filename', distFile(environment)]);
  for (const { kind, metadata } of objects.filter(isWorkload)) {
    const name = `${kind.toLowerCase()}/${metadata.name}`;
    report(`waiting for ${name}`);
    const rollout = ['rollout', 'status', name, `--timeout=${READY_WITHIN}`];
    await step(tools, root, ['kubectl', ...inNamespace(metadata.namespace), ...rollout]);
  }
  await reportAddress(options, objects, cluster, tools);
}

/** Removes what `up` brought: the environment's objects with their data, and nothing else. Safe to repeat. */
export async function down(
  { root, environment }: Pick<UpOptions, 'root' | 'environment'>,
  tools: UpTools,
): Promise<void> {
  renderedObjects(root, environment);
  await tools.kubectl.requireCluster();
  await step(tools, root, ['kubectl', 'delete', '--ignore-not-found', '--filename', distFile(environment)]);
  tools.report(`removed what ${distFile(environment)} declares`);
}

const isWorkload = ({ kind }: Rendered) => kind === 'Deployment' || kind === 'StatefulSet';

function inNamespace(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : ['--namespace', namespace];
}

/** Secrets that workloads need and that are not among the objects. */
function secretsMissing(objects: readonly Rendered[]): string[] {
  const secrets = objects.filter(({ kind }) => kind === 'Secret');
  const declared = new Set<unknown>(secrets.map(({ metadata }) => metadata.name));
  const needed = new Set<string>();
  JSON.parse(JSON.stringify(objects.filter(isWorkload)), (key, value) => {
    if ((key === 'secret' || key === 'secretKeyRef') && value.optional !== true)
      needed.add(value.name ?? value.secretName);
    return value;
  });
  return [...needed].filter((name) => !declared.has(name));
}

/** Builds the image under the name that dist/ gives it and gets it into the nodes; one by digest comes from its registry. */
async function provideImage(
  { root, environment, repository }: UpOptions,
  cluster: LocalCluster,
  tools: UpTools,
): Promise<void> {
  const image = ownImage(renderedObjects(root, environment), repository);
  if (image.includes('@')) return tools.report(`image: ${image}, from its registry`);
  const [program] = cluster.load?.('') ?? [];
  // Before minutes of building.
  if (program !== undefined && (await tools.run(program, ['version'], { cwd: root })).code === NOT_FOUND)
    throw new Error(notFound(program));
  const builder = tools.findBuilder();
  tools.report(`building ${image} with ${builder.name}`);
  await step(tools, root, ['npm', 'run', '--silent', 'image', '--', '--env', environment]);
  if (cluster.load === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  try {
    const archive = join(folder, 'image.tar');
    const save =
      builder.name === 'buildah'
        ? ['push', image, `docker-archive:${archive}:${image}`]
        : ['save', '--output', archive, image];
    await step(tools, root, [builder.name, ...save]);
    tools.report(`loading it with ${cluster.tool}`);
    await step(tools, root, cluster.load(archive));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function reportAddress(
  { entrance, adminKey }: UpOptions,
  objects: readonly Rendered[],
  cluster: LocalCluster | undefined,
  tools: UpTools,
): Promise<void> {
  const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === entrance);
  const namespace = inNamespace(service?.metadata.namespace);
  const nodePort = /"nodePort":(\d+)/.exec(JSON.stringify(service ?? {}))?.[1];
  const forward = `kubectl ${namespace.join(' ')} port-forward service/${entrance} 8080:80`;
  if (nodePort !== undefined && cluster?.tool === 'Docker Desktop') tools.report(`open http://localhost:${nodePort}`);
  else tools.report(`open http://localhost:8080 after: ${forward}`);
  const query = `jsonpath={.data.${adminKey.key}}`;
  const { stdout } = await tools.kubectl.try([...namespace, 'get', 'secret', adminKey.secret, '--output', query]);
  tools.report(`admin key: ${Buffer.from(stdout, 'base64').toString('utf8')}`);
}

async function step({ run }: UpTools, cwd: string, [program, ...args]: readonly string[]): Promise<void> {
  if (program === undefined) return;
  const { code, stdout, stderr } = await run(program, args, { cwd, timeoutMs: 1_800_000 });
  if (code === NOT_FOUND) throw new Error(notFound(program));
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stderr || stdout}`);
}

const notFound = (program: string) => `${program} is not installed, or not on the PATH`;

/** A cluster on this machine: how an image gets into its nodes, and where a person reaches a Service. */
export interface LocalCluster {
  readonly tool: 'kind' | 'k3d' | 'minikube' | 'Docker Desktop';
  /** As its tool knows it. */
  readonly name: string;
  /** Arguments of the tool that load an image archive; undefined where the nodes see the builder's images. */
  readonly load?: (archive: string) => readonly [program: string, ...args: readonly string[]];
}

/** By the name that each tool gives its kubectl contexts. */
const KINDS: readonly (readonly [RegExp, (name: string) => LocalCluster])[] = [
  [
    /^kind-(.+)$/,
    (name) => ({ tool: 'kind', name, load: (archive) => ['kind', 'load', 'image-archive', archive, '--name', name] }),
  ],
  [
    /^k3d-(.+)$/,
    (name) => ({ tool: 'k3d', name, load: (archive) => ['k3d', 'image', 'import', archive, '--cluster', name] }),
  ],
  [
    /^(minikube.*)$/,
    (name) => ({
      tool: 'minikube',
      name,
      load: (archive) => ['minikube', 'image', 'load', archive, '--profile', name],
    }),
  ],
  [/^(docker-desktop)$/, (name) => ({ tool: 'Docker Desktop', name })],
];

/**
 * The cluster of kubectl's current context; undefined where it is not one that a laptop's tool has made.
 * @throws Error where there is no context
 */
export async function localCluster(kubectl: Kubectl): Promise<{ context: string; cluster: LocalCluster | undefined }> {
  const { code, stdout } = await kubectl.try(['config', 'current-context']);
  const context = stdout.trim();
  if (code !== 0 || context === '') {
    throw new Error(
      'kubectl has no current context; make a cluster first: kind create cluster, k3d cluster create, or minikube start',
    );
  }
  for (const [pattern, make] of KINDS) {
    const name = pattern.exec(context)?.[1];
    if (name !== undefined) return { context, cluster: make(name) };
  }
  return { context, cluster: undefined };
}
