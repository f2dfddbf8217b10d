import type { Kubectl } from '../cluster/kubectl.ts';

/** A cluster on this machine: how an image gets into its nodes, and where a person reaches a Service. */
export interface LocalCluster {
  readonly tool: 'kind' | 'k3d' | 'minikube' | 'Docker Desktop';
  /** Arguments of the tool that load an image archive; undefined where the nodes see the builder's images. */
  readonly load?: (archive: string) => readonly [program: string, ...args: readonly string[]];
}

/** By the name that each tool gives its kubectl contexts. */
const KINDS: readonly (readonly [RegExp, (name: string) => LocalCluster])[] = [
  [
    /^kind-(.+)$/,
    (name) => ({ tool: 'kind', load: (archive) => ['kind', 'load', 'image-archive', archive, '--name', name] }),
  ],
  [
    /^k3d-(.+)$/,
    (name) => ({ tool: 'k3d', load: (archive) => ['k3d', 'image', 'import', archive, '--cluster', name] }),
  ],
  [
    /^(minikube.*)$/,
    (name) => ({ tool: 'minikube', load: (archive) => ['minikube', 'image', 'load', archive, '--profile', name] }),
  ],
  [/^(docker-desktop)$/, () => ({ tool: 'Docker Desktop' })],
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
