import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../test/eventually.ts';
import { API_SERVER, CLUSTER_DNS, NODE_NETWORK, POD_NETWORK } from './control-plane.ts';
import {
  CGROUP,
  CGROUPS,
  KUBECONFIG,
  killDaemons,
  RUN,
  removeCgroup,
  sh,
  startDaemon,
  succeeds,
  unmountBelow,
} from './machine.ts';
import { makeCertificate, PKI, writeKubeconfig } from './pki.ts';

/** Processors that a kubelet believes to have: production asks for more than a small machine has, and uses far less. */
const PROCESSORS = '8';

/** A node: a kubelet, a containerd, a kube-proxy and a policy engine in a network namespace of their own. */
export class Node {
  readonly name: string;
  readonly #index: number;

  /** @param index 1 to 9 */
  constructor(index: number) {
    this.#index = index;
    this.name = `n${index}`;
  }

  get socket(): string {
    return join(this.#folder, 'containerd.sock');
  }

  get #folder(): string {
    return join(RUN, this.name);
  }

  get #address(): string {
    return `${NODE_NETWORK}.${this.#index}.2`;
  }

  /** Starts containerd, so that images can be loaded before the kubelet asks for them. */
  async startRuntime(): Promise<void> {
    for (const folder of ['cni', 'kubelet', 'containerd']) mkdirSync(join(this.#folder, folder), { recursive: true });
    await this.#connect();
    writeFileSync(join(this.#folder, 'cni', '10-bridge.conflist'), JSON.stringify(this.#cni()));
    writeFileSync(join(this.#folder, 'containerd.toml'), this.#containerdConfig());
    this.#start('containerd', 'containerd', ['--config', join(this.#folder, 'containerd.toml')]);
    await eventually(() => this.ctr('version'), { withinMs: 30_000 });
  }

  /** Joins the cluster; resolves when the node is known. */
  async join(): Promise<void> {
    await makeCertificate({
      name: this.name,
      subject: `/O=system:nodes/CN=system:node:${this.name}`,
      alternativeNames: `DNS:${this.name},IP:${this.#address}`,
    });
    writeKubeconfig(join(this.#folder, 'node.conf'), this.name, API_SERVER);
    writeFileSync(join(this.#folder, 'kubelet.json'), JSON.stringify(this.#kubeletConfig()));
    this.#prepareCgroups();
    await this.#shareMounts();
    const kubelet = ['--root-dir', join(this.#folder, 'kubelet'), '--cert-dir', join(this.#folder, 'pki')];
    this.#start('kubelet', join(import.meta.dirname, 'fake-processors.sh'), [
      ...[
        PROCESSORS,
        join(this.#folder, 'processors'),
        'kubelet',
        ...kubelet,
        '--config',
        join(this.#folder, 'kubelet.json'),
      ],
      ...[
        '--kubeconfig',
        join(this.#folder, 'node.conf'),
        '--hostname-override',
        this.name,
        '--node-ip',
        this.#address,
      ],
    ]);
    this.#start('kube-proxy', 'kube-proxy', [
      ...['--kubeconfig', join(RUN, 'proxy.conf'), '--hostname-override', this.name, '--cluster-cidr', POD_NETWORK],
      ...['--proxy-mode=iptables', '--conntrack-max-per-core=0'],
    ]);
    await eventually(() => sh('kubectl', ['--kubeconfig', KUBECONFIG, 'get', 'node', this.name]), {
      withinMs: 120_000,
    });
    this.#start('kube-router', 'kube-router', [
      ...[
        '--kubeconfig',
        KUBECONFIG,
        '--hostname-override',
        this.name,
        '--run-router=false',
        '--run-service-proxy=false',
      ],
      ...['--run-firewall=true', '--health-port=0', '--metrics-port=0'],
    ]);
  }

  /** A command of containerd's own client, in the namespace of the kubelet. */
  async ctr(...args: readonly string[]): Promise<string> {
    return await sh('ctr', ['-a', this.socket, '-n', 'k8s.io', ...args]);
  }

  /** Takes the node's cable out, or plugs it in again. */
  async link(state: 'up' | 'down'): Promise<void> {
    await sh('ip', ['link', 'set', `v${this.name}`, state]);
    if (state === 'up') await this.#route();
  }

  /** The power goes: every process of the node ends at once, without a word to anybody. `startRuntime` and `join` bring it back. */
  async kill(): Promise<void> {
    killDaemons(new RegExp(`^${this.name}-`));
    await succeeds('pkill', ['-KILL', '-f', `containerd-shim.*${this.#folder}/`]);
    await removeCgroup(`${CGROUP}/${this.name}`);
  }

  /** Removes what a stopped node leaves on the machine. */
  async remove(): Promise<void> {
    await unmountBelow(this.#folder);
    await succeeds('ip', ['netns', 'delete', this.name]);
    await succeeds('ip', ['link', 'delete', `v${this.name}`]);
  }

  async #connect(): Promise<void> {
    const { name } = this;
    if (!(await succeeds('ip', ['netns', 'list', name]))) throw new Error('ip netns does not work here');
    await succeeds('ip', ['netns', 'add', name]);
    await succeeds('ip', ['link', 'add', `v${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name]);
    await sh('ip', ['addr', 'replace', `${NODE_NETWORK}.${this.#index}.1/30`, 'dev', `v${name}`]);
    await sh('ip', ['link', 'set', `v${name}`, 'up']);
    const inside = (...args: string[]) => sh('ip', ['-n', name, ...args]);
    await inside('addr', 'replace', `${this.#address}/30`, 'dev', 'eth0');
    await inside('link', 'set', 'eth0', 'up');
    await inside('link', 'set', 'lo', 'up');
    await inside('route', 'replace', 'default', 'via', `${NODE_NETWORK}.${this.#index}.1`);
    await this.#route();
    for (const setting of ['net.ipv4.ip_forward=1', 'net.bridge.bridge-nf-call-iptables=1'])
      await succeeds('nsenter', [`--net=/var/run/netns/${name}`, 'sysctl', '-qw', setting]);
  }

  /** The way from the machine to the pods of the node. */
  async #route(): Promise<void> {
    await sh('ip', ['route', 'replace', `10.244.${this.#index}.0/24`, 'via', this.#address]);
  }

  #start(name: string, program: string, args: readonly string[]): void {
    // nsenter, because `ip netns exec` would hide the cgroups.
    startDaemon(`${this.name}-${name}`, 'nsenter', [`--net=/var/run/netns/${this.name}`, program, ...args]);
  }

  /** Made beforehand with the real processors: the kubelet keeps what is there and would write the invented ones. */
  #prepareCgroups(): void {
    const own = ['', '/kubepods', '/kubepods/burstable', '/kubepods/besteffort'].map(
      (path) => `${CGROUP}/${this.name}${path}`,
    );
    const groups = [CGROUP, ...own];
    for (const controller of readdirSync(CGROUPS)) {
      for (const group of groups) mkdirSync(join(CGROUPS, controller, group), { recursive: true });
    }
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      const all = readFileSync(join(CGROUPS, 'cpuset', file));
      for (const group of groups) writeFileSync(join(CGROUPS, 'cpuset', group, file), all);
    }
  }

  async #shareMounts(): Promise<void> {
    const folder = join(this.#folder, 'kubelet');
    if (await succeeds('mountpoint', ['-q', folder])) return;
    await sh('mount', ['--bind', folder, folder]);
    await sh('mount', ['--make-rshared', folder]);
  }

  #cni() {
    const ranges = [[{ subnet: `10.244.${this.#index}.0/24` }]];
    const ipam = { type: 'host-local', dataDir: join(this.#folder, 'ipam'), ranges, routes: [{ dst: '0.0.0.0/0' }] };
    // Not masqueraded: policies would see the node's address.
    const bridge = { type: 'bridge', bridge: 'cni0', isGateway: true, ipMasq: false, hairpinMode: true, ipam };
    return {
      cniVersion: '0.4.0',
      name: 'cluster',
      plugins: [bridge, { type: 'portmap', capabilities: { portMappings: true } }],
    };
  }

  #containerdConfig(): string {
    return `version = 2
root = "${join(this.#folder, 'containerd')}"
state = "${join(this.#folder, 'containerd-state')}"
[grpc]
  address = "${this.socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${join(this.#folder, 'cni')}"
`;
  }

  #kubeletConfig() {
    return {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      cgroupDriver: 'cgroupfs',
      cgroupRoot: `/${CGROUP}/${this.name}`,
      failSwapOn: false,
      clusterDNS: [CLUSTER_DNS],
      clusterDomain: 'cluster.local',
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: join(PKI, 'ca.crt') },
      },
      authorization: { mode: 'Webhook' },
      tlsCertFile: join(PKI, `${this.name}.crt`),
      tlsPrivateKeyFile: join(PKI, `${this.name}.key`),
      containerRuntimeEndpoint: `unix://${this.socket}`,
      resolvConf: join(RUN, 'resolv.conf'),
      // In the folder that they share by default, each kubelet removes the logs of the others' pods.
      podLogsDir: join(this.#folder, 'logs'),
      evictionHard: { 'memory.available': '200Mi' },
      // Images are loaded by hand and could not be fetched again.
      imageGCHighThresholdPercent: 100,
      imageGCLowThresholdPercent: 99,
      imageMinimumGCAge: '48h',
      // Secrets reach pods within seconds, as the suite has no minute for it.
      syncFrequency: '10s',
      podPidsLimit: 4096,
      systemReserved: { cpu: '100m' },
      nodeStatusUpdateFrequency: '4s',
    };
  }
}
