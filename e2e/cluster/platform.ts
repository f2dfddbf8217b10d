import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Environment } from '../../charts/plan/environment.ts';
import { platform } from '../../charts/platform.ts';
import { project } from '../../charts/project.ts';
import { ownImage, renderedObjects } from '../../delivery/rendered.ts';
import { type Run, run } from '../../delivery/run.ts';
import { ROOT } from '../../root.ts';
import { at } from '../../test/manifests.ts';
import type { Cluster } from './cluster.ts';
import { BIN, FULL, KUBECONFIG, sh } from './machine.ts';

/** The file of an environment, as it is committed. */
export function fileOf(environment: string): string {
  return join(ROOT, 'dist', `${environment}.k8s.yaml`);
}

export function environmentOf(name: string): Environment {
  const found = platform.environments.find((environment) => environment.name === name);
  if (found === undefined) throw new Error(`the platform has no environment ${name}`);
  return found;
}

/** Runs a program as somebody who administers this cluster. */
export const runInCluster: Run = (program, args, options) =>
  run(program, args, { ...options, env: { ...options.env, KUBECONFIG, PATH: `${BIN}:${process.env['PATH']}` } });

/** The name of the application's image, from the manifests that ask for it. */
export function applicationImage(): string {
  return ownImage(renderedObjects(ROOT, 'dev'), project.image);
}

/** Containers whose images this cluster does not make. */
const NOT_TO_BE_HAD = FULL
  ? /grafana\/|jaegertracing\//
  : /grafana\/|jaegertracing\/|kube-state-metrics\/|prom(?:etheus)?\/(?:prometheus|alertmanager)/;

/** Deployments and stateful sets of a namespace whose images this cluster has, as kubectl names them. */
export function workloadsOf(environment: string, namespace: string): string[] {
  return renderedObjects(ROOT, environment)
    .filter((object) => at(object, 'kind') === 'Deployment' || at(object, 'kind') === 'StatefulSet')
    .filter((object) => at(object, 'metadata.namespace') === namespace)
    .filter((object) => !NOT_TO_BE_HAD.test(JSON.stringify(at(object, 'spec.template.spec.containers'))))
    .map((object) => `${String(at(object, 'kind')).toLowerCase()}/${at(object, 'metadata.name')}`);
}

/** The value of a key in every Secret that the suite fills: the same wherever the key stands. */
export function secretValue(key: string): string {
  return createHash('sha256').update(`suite ${key}`).digest('hex');
}

/** Fills the secrets of an environment with the commands that `npm run synth` prints, as the README says. */
export async function fillSecrets(namespacePrefix: string): Promise<number> {
  const printed = await sh('npm', ['run', '--silent', 'synth'], { cwd: ROOT });
  const commands = printed
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter(([script]) => script?.endsWith('fill-secret.sh'));
  const wanted = commands.filter(([, namespace = '']) => namespace.startsWith(namespacePrefix));
  for (const [script = '', ...args] of wanted) {
    const input = args
      .slice(2)
      .map((key) => `${secretValue(key)}\n`)
      .join('');
    await sh(join(ROOT, script), args, { input, env: { KUBECONFIG, PATH: `${BIN}:${process.env['PATH']}` } });
  }
  return wanted.length;
}

/** Listens for the machine and connects to a Service as a pod for which the policies take it: each connection goes to one of its pods. */
const FORWARD = `require('node:net').createServer((inside) => {
  const outside = require('node:net').connect(80, process.env.TARGET);
  const end = () => { inside.destroy(); outside.destroy(); };
  inside.on('error', end).on('close', end).pipe(outside);
  outside.on('error', end).on('close', end).pipe(inside);
}).listen(9000)`;

/**
 * A pod with the labels of the ingress controller that passes connections on to a service, for loads that Traefik's rate limit is made to stop.
 * @returns its address, as the machine reaches it
 */
export async function forwardTo(cluster: Cluster, namespace: string, service: string): Promise<string> {
  const name = `to-${namespace}-${service}`;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'traefik', labels: { 'app.kubernetes.io/name': 'traefik', suite: 'forward' } },
    spec: {
      terminationGracePeriodSeconds: 0,
      // Not on a node that a test takes away.
      nodeName: 'n3',
      containers: [
        {
          name: 'forward',
          image: applicationImage(),
          command: ['node', '--eval', FORWARD],
          // What a load measures must not wait behind pods that start.
          resources: { requests: { cpu: '200m' } },
          env: [{ name: 'TARGET', value: `${service}.${namespace}` }],
          readinessProbe: { tcpSocket: { port: 9000 } },
        },
      ],
    },
  };
  await cluster.applyObject(pod);
  await cluster.kubectl('-n', 'traefik', 'wait', '--for=condition=Ready', `pod/${name}`, '--timeout=120s');
  const ip = await cluster.kubectl('-n', 'traefik', 'get', 'pod', name, '-o', 'jsonpath={.status.podIP}');
  return `http://${ip}:9000`;
}
