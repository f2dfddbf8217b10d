import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { IMAGES } from '../../charts/images.ts';
import type { Kubectl } from '../cluster/kubectl.ts';
import type { Rendered } from '../rendered.ts';

type Command = readonly [program: string, ...args: readonly string[]];

/** A cluster that a laptop's tool has made, and what the tool calls it. */
interface Made {
  readonly tool: string;
  readonly name: string;
}

/** What manifests expect of a cluster and run without, and how it gets there. */
interface Addon {
  readonly name: string;
  /** What goes missing without it. */
  readonly effect: string;
  readonly isExpected: (objects: readonly Rendered[]) => boolean;
  /** Arguments of a kubectl that succeeds where it is there. */
  readonly probe: readonly string[];
  readonly install: (cluster: Made | undefined) => readonly Command[];
}

/** The release that the suite's own cluster runs. */
const METRICS_SERVER = 'https://github.com/kubernetes-sigs/metrics-server/releases/download/v0.8.0/components.yaml';
/** The kubelets of a laptop's cluster sign their certificates themselves. */
const TRUST_KUBELETS = [
  { op: 'add', path: '/spec/template/spec/containers/0/args/-', value: '--kubelet-insecure-tls' },
];

const ADDONS: readonly Addon[] = [
  {
    name: 'Traefik',
    effect: 'its routes lead nowhere, and a forwarded port is the way in',
    isExpected: (objects) => objects.some((object) => Object(object['spec']).ingressClassName === 'traefik'),
    probe: ['get', 'ingressclass', 'traefik'],
    install: () => [
      [
        ...([
          'helm',
          'upgrade',
          '--install',
          'traefik',
          'traefik',
          '--repo',
          'https://traefik.github.io/charts',
        ] as const),
        // Not with --wait: kind and minikube give its Service no address from outside, and Helm would wait for one and fail.
        ...['--namespace', 'traefik', '--create-namespace', '--set', `image.tag=${tagOf(IMAGES.traefik)}`],
      ],
    ],
  },
  {
    name: 'metrics-server',
    effect: 'its autoscalers do not act',
    isExpected: (objects) => objects.some(({ kind }) => kind === 'HorizontalPodAutoscaler'),
    probe: ['get', '--raw', '/apis/metrics.k8s.io/v1beta1'],
    install: (cluster) => {
      if (cluster?.tool === 'minikube')
        return [['minikube', 'addons', 'enable', 'metrics-server', '--profile', cluster.name]];
      const patch = ['deployment', 'metrics-server', '--type=json', '--patch', JSON.stringify(TRUST_KUBELETS)];
      const trust: Command = ['kubectl', '--namespace', 'kube-system', 'patch', ...patch];
      return [['kubectl', 'apply', '--filename', METRICS_SERVER], ...(cluster === undefined ? [] : [trust])];
    },
  },
];

const tagOf = (image: string) => image.replace(/@.*/, '').replace(/^.*:/, '');

export interface AddonTools {
  readonly kubectl: Kubectl;
  readonly report: (line: string) => void;
  /** Asks whoever runs the command; false where nobody can answer. */
  readonly consent: (question: string) => Promise<boolean>;
  readonly step: (command: Command) => Promise<void>;
}

/** Installs what the manifests expect and the cluster lacks, each only with consent: it stays for whoever else uses the cluster. */
export async function installMissing(
  objects: readonly Rendered[],
  cluster: Made | undefined,
  { kubectl, report, consent, step }: AddonTools,
): Promise<void> {
  for (const { name, effect, isExpected, probe, install } of ADDONS) {
    if (!isExpected(objects)) continue;
    const { code, stderr } = await kubectl.try(probe);
    if (code === 0) continue;
    if (!stderr.includes('(NotFound)')) {
      report(`whether this cluster has ${name} cannot be told, and it is left as it is: ${stderr.trim()}`);
      continue;
    }
    const commands = install(cluster);
    const lines = commands.map((command) => `  ${command.join(' ')}`).join('\n');
    report(`this cluster has no ${name}: without it ${effect}. Its installation:\n${lines}`);
    if (await consent(`install ${name}?`)) for (const command of commands) await step(command);
    else report(`${name} is left out; repeat with --yes to install it`);
  }
}

/** Asks at a terminal; a no by default, where the input ends (Ctrl-D), and where nobody sits there. Ctrl-C ends the command. */
export async function askAt(
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
  output: NodeJS.WritableStream,
  question: string,
): Promise<boolean> {
  if (input.isTTY !== true) return false;
  const terminal = createInterface({ input, output });
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = once(terminal, 'close').then(() => '');
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
