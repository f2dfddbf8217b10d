import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGES } from '../../charts/images.ts';
import { project } from '../../charts/project.ts';
import { type Outcome, run } from '../../delivery/run.ts';
import { HOST, NODE_NETWORK, startControlPlane } from './control-plane.ts';
import { definitionsFile } from './definitions.ts';
import { buildImages, loadImages } from './images.ts';
import {
  BIN,
  CGROUP,
  CGROUPS,
  FULL,
  KUBECONFIG,
  RUN,
  removeCgroup,
  sh,
  stopDaemons,
  succeeds,
  unmountBelow,
} from './machine.ts';
import { startMailServer } from './mail.ts';
import { Node } from './node.ts';
import { buildAll } from './programs.ts';

const NODES = [1, 2, 3].map((index) => new Node(index));
/** Volumes of each node, of a size that no claim of dist/ exceeds. */
const VOLUMES_PER_NODE = 8;
const VOLUMES = join(RUN, 'volumes');

/** Programs that come from Debian; everything else is built. */
const NEEDED = [
  'go',
  'etcd',
  'containerd',
  'runc',
  'iptables',
  'ipset',
  'ip',
  'conntrack',
  'buildah',
  'debootstrap',
  'openssl',
  'nsenter',
  'unshare',
];

/** Why no cluster of its own can run on this machine, whatever is installed; undefined where one can. */
function unfit(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a cluster needs Linux and root';
  return existsSync(join(CGROUPS, 'cpuset')) ? undefined : 'a cluster needs control groups of version 1';
}

/** What this machine lacks for a cluster of its own, as a reason to skip; undefined where nothing is missing. */
export async function missing(): Promise<string | undefined> {
  const absent: string[] = [];
  for (const name of NEEDED) if (!(await succeeds('sh', ['-c', `command -v ${name}`]))) absent.push(name);
  if (!existsSync('/usr/lib/cni/bridge')) absent.push('containernetworking-plugins');
  return unfit() ?? (absent.length === 0 ? undefined : `a cluster needs ${absent.join(', ')}`);
}

/**
 * Whether the suite is to be skipped, and says why.
 * @throws Error in CI, where a program is missing that could be installed
 */
export async function required(): Promise<boolean> {
  const lacking = await missing();
  if (lacking === undefined) return false;
  if (process.env['CI'] === 'true' && unfit() === undefined) throw new Error(lacking);
  console.warn(`${lacking}: the tests of a real cluster are skipped`);
  return true;
}

/** A cluster of three nodes on this machine. `up` may be called again; `down` removes all that it made. */
export class Cluster {
  readonly nodes = NODES;

  async isUp(): Promise<boolean> {
    return await succeeds('kubectl', ['--kubeconfig', KUBECONFIG, 'get', '--raw', '/readyz']);
  }

  async up(report: (line: string) => void): Promise<void> {
    if (await this.isUp()) return;
    await this.down();
    const started = performance.now();
    const { archives, definitions } = await prepare(report);
    await this.#makeFolders();
    writeFileSync(join(RUN, 'resolv.conf'), 'nameserver 127.0.0.1\n');
    await startControlPlane();
    await this.#masquerade('-A');
    await Promise.all(
      NODES.map(async (node) => {
        await node.startRuntime();
        await loadImages(node, archives);
      }),
    );
    for (const node of NODES) await node.join();
    await this.#addVolumes();
    await this.kubectl('apply', '--server-side', '--filename', definitions);
    await this.#applyOwn('system.yaml');
    for (const name of ['coredns', 'metrics-server']) await this.rolledOut('kube-system', `deployment/${name}`);
    if (FULL) {
      await this.#applyOwn('traefik.yaml');
      await this.rolledOut('traefik', 'deployment/traefik');
      await startMailServer();
    }
    const seconds = Math.round((performance.now() - started) / 1_000);
    report(`the cluster is up after ${seconds} s: KUBECONFIG=${KUBECONFIG}, kubectl in ${BIN}`);
  }

  /** Ends and removes everything of this cluster, also what a run that was killed has left. */
  async down(): Promise<void> {
    await stopDaemons(/-(kubelet|kube-proxy|kube-router)$/);
    // Shims and containers outlive containerd on purpose; without it they are only processes.
    await succeeds('pkill', ['-KILL', '-f', `containerd-shim.*${RUN}/`]);
    await removeCgroup(CGROUP);
    await stopDaemons();
    for (const node of NODES) await node.remove();
    if (await succeeds('ip', ['link', 'show', 'cluster0'])) await sh('ip', ['link', 'delete', 'cluster0']);
    await this.#masquerade('-D');
    await unmountBelow(RUN);
    rmSync(RUN, { recursive: true, force: true });
  }

  /** @throws Error with what kubectl said when it fails */
  async kubectl(...args: readonly string[]): Promise<string> {
    return await sh('kubectl', ['--kubeconfig', KUBECONFIG, ...args]);
  }

  /** The same, for what may fail, and for what is told on the side: warnings of the API server. */
  async try(...args: readonly string[]): Promise<Outcome> {
    return await run(join(BIN, 'kubectl'), ['--kubeconfig', KUBECONFIG, ...args], { cwd: RUN });
  }

  async apply(file: string): Promise<Outcome> {
    const outcome = await this.try('apply', '-f', file);
    if (outcome.code !== 0) throw new Error(`kubectl apply -f ${file}:\n${outcome.stderr}`);
    return outcome;
  }

  async applyObject(object: unknown): Promise<void> {
    await sh('kubectl', ['--kubeconfig', KUBECONFIG, 'apply', '-f', '-'], { input: JSON.stringify(object) });
  }

  /** Resolves when a deployment or stateful set has all its pods ready. */
  async rolledOut(namespace: string, name: string, seconds = 240): Promise<void> {
    await this.kubectl('-n', namespace, 'rollout', 'status', name, `--timeout=${seconds}s`);
  }

  /** A manifest of this folder, with what only this machine knows. */
  async #applyOwn(name: string): Promise<void> {
    const text = readFileSync(join(import.meta.dirname, name), 'utf8')
      .replaceAll('MAIL_HOST', `smtp.${project.domain}`)
      .replaceAll('MACHINE', HOST)
      .replaceAll('NODES', `${NODE_NETWORK}.0.0/16`)
      .replaceAll('TRAEFIK', IMAGES.traefik);
    await sh('kubectl', ['--kubeconfig', KUBECONFIG, 'apply', '-f', '-'], { input: text });
  }

  async #masquerade(action: '-A' | '-D'): Promise<void> {
    const rule = ['-s', '10.244.0.0/16', '!', '-d', '10.244.0.0/16', '-j', 'MASQUERADE'];
    const known = await succeeds('iptables', ['-t', 'nat', '-C', 'POSTROUTING', ...rule]);
    if (known === (action === '-D')) await sh('iptables', ['-t', 'nat', action, 'POSTROUTING', ...rule]);
    if (action === '-A') await sh('sysctl', ['-qw', 'net.ipv4.ip_forward=1']);
  }

  /**
   * Volumes are in memory: three servers that write through one disk wait for each other, and what a disk does is the
   * durability suite's. Made before the nodes, whose own mounts are those of their start.
   */
  async #makeFolders(): Promise<void> {
    mkdirSync(VOLUMES, { recursive: true });
    await sh('mount', ['-t', 'tmpfs', '-o', 'size=4g', 'volumes', VOLUMES]);
  }

  async #addVolumes(): Promise<void> {
    const volumes = NODES.flatMap(({ name }) =>
      Array.from({ length: VOLUMES_PER_NODE }, (_, index) => {
        const path = join(VOLUMES, name, String(index));
        mkdirSync(path, { recursive: true });
        chmodSync(path, 0o777);
        return volume(`${name}-${index}`, name, path);
      }),
    );
    await this.applyObject({ apiVersion: 'v1', kind: 'List', items: volumes });
  }
}

/** Everything that needs a compiler or a mirror: programs, images, definitions of custom resources. Kept by content. */
export async function prepare(report: (line: string) => void) {
  await buildAll(report);
  return { archives: await buildImages(report), definitions: await definitionsFile() };
}

function volume(name: string, node: string, path: string) {
  const matchExpressions = [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }];
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '100Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: 'local',
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } },
    },
  };
}
