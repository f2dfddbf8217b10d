import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { at } from '../../test/manifests.ts';
import type { Cluster } from './cluster.ts';
import { BIN, KUBECONFIG, sh } from './machine.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The file of an environment, as it is committed. */
export function fileOf(environment: string): string {
  return join(ROOT, 'dist', `${environment}.k8s.yaml`);
}

export function objectsOf(environment: string): unknown[] {
  return loadAll(readFileSync(fileOf(environment), 'utf8'));
}

/** Containers whose images nobody can make without a registry. */
const NOT_TO_BE_HAD = /grafana|jaeger|kube-state-metrics/;

/** Deployments and stateful sets of a namespace whose images this cluster has, as kubectl names them. */
export function workloadsOf(environment: string, namespace: string): string[] {
  return objectsOf(environment)
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

/** The address of a pod of Traefik, as the machine reaches it: requests come in as people's do. */
export async function ingressAddress(cluster: Cluster): Promise<string> {
  const ip = await cluster.kubectl(
    '-n',
    'traefik',
    'get',
    'pods',
    '-l',
    'app.kubernetes.io/name=traefik',
    '-o',
    'jsonpath={.items[0].status.podIP}',
  );
  return `http://${ip}:8000`;
}
