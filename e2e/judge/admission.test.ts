import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRecord } from '../../guardrails/field.ts';
import { eventually } from '../../test/eventually.ts';
import { requireProgram } from '../../test/requires.ts';
import { type ApiServer, type Reply, startApiServer } from './api-server.ts';
import { pathOf, pathsOf } from './oracle.ts';

const ROOT = join(import.meta.dirname, '../..');
const NAMESPACE = 'quotes-production';
type Fields = Record<string, unknown>;

function objectsOf(file: string): readonly Fields[] {
  return loadAll(readFileSync(join(ROOT, 'dist', file), 'utf8')).filter(isRecord) as Fields[];
}

const IMAGE = 'ghcr.io/quotes-platform/quotes:1.0.0';
const HARDENED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
};
const LIMITS = { limits: { cpu: '100m', memory: '64Mi' } };

/** A pod that every rule accepts, with what a case changes of its container and of itself. */
function pod(container: Fields = {}, spec: Fields = {}): Fields {
  const good = { name: 'one', image: IMAGE, securityContext: HARDENED, resources: LIMITS };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'intruder', namespace: NAMESPACE },
    spec: { automountServiceAccountToken: false, containers: [{ ...good, ...container }], ...spec },
  };
}

function service(spec: Fields): Fields {
  const metadata = { name: 'intruder', namespace: NAMESPACE };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { ports: [{ port: 80 }], selector: { a: 'b' }, ...spec },
  };
}

/** The good pod as the template of another kind. */
function inside(kind: 'Deployment' | 'CronJob', container: Fields): Fields {
  const template = { metadata: { labels: { a: 'b' } }, spec: pod(container)['spec'] as Fields };
  const metadata = { name: 'intruder', namespace: NAMESPACE };
  if (kind === 'Deployment')
    return { apiVersion: 'apps/v1', kind, metadata, spec: { selector: { matchLabels: { a: 'b' } }, template } };
  const job = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };
  return {
    apiVersion: 'batch/v1',
    kind,
    metadata,
    spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template: job } } },
  };
}

const bad = (change: Fields) => ({ securityContext: { ...HARDENED, ...change } });
const REFUSED: readonly (readonly [string, Fields, string])[] = [
  ["somebody else's image", pod({ image: 'docker.io/library/nginx:1.29' }), 'an image of another repository'],
  [
    'a repository that only begins like ours',
    pod({ image: 'ghcr.io/quotes-platform/quotes-evil:1' }),
    'an image of another',
  ],
  ['an image without a tag', pod({ image: 'ghcr.io/quotes-platform/quotes' }), 'no exact tag'],
  ['the tag latest', pod({ image: 'ghcr.io/quotes-platform/quotes:latest' }), 'no exact tag'],
  ['a privileged container', pod(bad({ privileged: true, allowPrivilegeEscalation: true })), 'that is privileged'],
  ['a container that may become privileged', pod(bad({ allowPrivilegeEscalation: true })), 'may become so'],
  ['a capability', pod(bad({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } })), 'keeps a capability'],
  ['a writable root', pod(bad({ readOnlyRootFilesystem: false })), 'may write to its root'],
  ['root', pod(bad({ runAsNonRoot: false }), { securityContext: { runAsNonRoot: true } }), 'may run as root'],
  ["the node's network", pod({}, { hostNetwork: true }), "the node's own network"],
  ["the node's processes", pod({}, { hostPID: true }), "the node's own network, processes"],
  ["the node's IPC", pod({}, { hostIPC: true }), "the node's own network, processes"],
  ['a port of the node', pod({ ports: [{ containerPort: 80, hostPort: 80 }] }), 'processes, folders or ports'],
  ["the node's files", pod({}, { volumes: [{ name: 'node', hostPath: { path: '/' } }] }), "the node's own network"],
  ['no limits', pod({ resources: {} }), 'without limits'],
  ["the default account's token", pod({}, { automountServiceAccountToken: true }), 'a token of the default account'],
  ['a bad init container', pod({}, { initContainers: [{ name: 'first', image: 'a:1' }] }), 'an image of another'],
  ['a Deployment of such pods', inside('Deployment', { resources: {} }), 'without limits'],
  ['a CronJob of such pods', inside('CronJob', { image: 'docker.io/library/busybox:1' }), 'an image of another'],
  ['a Service on every node', service({ type: 'NodePort' }), 'past the ingress controller'],
  ['a Service with an address of its own', service({ externalIPs: ['192.0.2.1'] }), 'past the ingress controller'],
];

describe.skipIf(requireProgram('etcd') === undefined)('the admission policies in a real API server', () => {
  let server: ApiServer;
  /** Paths of the kinds, by the server's own discovery. */
  let listOf: (object: Fields) => string;
  const create = (object: Fields): Promise<Reply> => server.call('POST', `${listOf(object)}?dryRun=All`, object);

  beforeAll(async () => {
    server = await startApiServer();
    const paths = await pathsOf(server);
    listOf = (object) => pathOf(paths, object)?.replace(/\/[^/]+$/, '') ?? '';
    const environments = ['dev', 'staging', 'production'].map((name) => objectsOf(`${name}.k8s.yaml`));
    const first = environments
      .flat()
      .filter(({ kind }) => ['Namespace', 'ServiceAccount', 'PriorityClass'].includes(String(kind)));
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: NAMESPACE } };
    for (const object of [...first, account, ...objectsOf('addons/admission.k8s.yaml')]) {
      const { code, body } = await server.call('POST', listOf(object), object);
      expect([201, 409], JSON.stringify(body)).toContain(code);
    }
    // Pod Security would refuse first: here the policies stand alone, as if somebody had taken its label away.
    const labels = Object.fromEntries(
      ['enforce', 'warn', 'audit'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'privileged']),
    );
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } };
    await server.call('PATCH', `/api/v1/namespaces/${NAMESPACE}?fieldManager=intruder&force=true`, namespace);
    await eventually(async () => expect((await create(pod({ image: 'a:1' }))).code).toBe(403), { withinMs: 60_000 });
  }, 300_000);
  afterAll(() => server?.stop(), 60_000);

  it('accept a pod as synthesis makes them', async () => {
    expect(await create(pod())).toMatchObject({ code: 201 });
  });

  it.each(REFUSED)('refuse %s', async (_name, object, message) => {
    const { code, body } = await create(object);
    expect(JSON.stringify(body)).toContain(message);
    expect(code).toBe(403);
  });

  it('accept every workload and Service of dist/', async () => {
    const kinds = ['Deployment', 'StatefulSet', 'Job', 'CronJob', 'Service'];
    const refused: unknown[] = [];
    let asked = 0;
    for (const object of ['dev', 'staging', 'production'].flatMap((name) => objectsOf(`${name}.k8s.yaml`))) {
      if (!kinds.includes(String(object['kind']))) continue;
      asked += 1;
      const { code, body } = await create(object);
      if (code !== 201) refused.push(body);
    }
    expect(refused).toEqual([]);
    expect(asked).toBeGreaterThan(30);
  });

  it('leave other namespaces alone', async () => {
    const elsewhere = { ...pod({ image: 'a:1' }), metadata: { name: 'guest', namespace: 'default' } };
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } };
    await server.call('POST', listOf(account), account);
    expect(await create(elsewhere)).toMatchObject({ code: 201 });
  });
});
