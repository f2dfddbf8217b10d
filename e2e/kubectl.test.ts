import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Kubectl } from '../delivery/cluster/kubectl.ts';
import { run } from '../delivery/run.ts';
import { kubectl } from './real-kubectl.ts';

const ROOT = join(import.meta.dirname, '..');

/** Answers of an API server that serves Namespaces and IngressClasses, in the shapes of its documentation. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/version': { major: '1', minor: '31', gitVersion: 'v1.31.2' },
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [
      { name: 'namespaces', singularName: 'namespace', kind: 'Namespace', namespaced: false, verbs: ['get', 'list'] },
    ],
  },
  '/apis': {
    kind: 'APIGroupList',
    groups: [
      {
        name: 'networking.k8s.io',
        versions: [{ groupVersion: 'networking.k8s.io/v1', version: 'v1' }],
        preferredVersion: { groupVersion: 'networking.k8s.io/v1', version: 'v1' },
      },
    ],
  },
  '/apis/networking.k8s.io/v1': {
    kind: 'APIResourceList',
    groupVersion: 'networking.k8s.io/v1',
    resources: [
      {
        name: 'ingressclasses',
        singularName: 'ingressclass',
        kind: 'IngressClass',
        namespaced: false,
        verbs: ['get', 'list'],
      },
    ],
  },
  '/apis/networking.k8s.io/v1/ingressclasses': {
    kind: 'IngressClassList',
    apiVersion: 'networking.k8s.io/v1',
    items: [{ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'traefik' } }],
  },
};

/** The real kubectl against a server that plays the API: what the doctor reads is what kubectl really prints. */
describe.skipIf(kubectl === undefined)('kubectl, as the doctor uses it', () => {
  let server: Server;
  let folder: string;
  const kubectl = () =>
    new Kubectl(
      (program, args, options) =>
        run(program, args, { ...options, env: { KUBECONFIG: join(folder, 'config'), HOME: folder } }),
      ROOT,
    );

  beforeAll(async () => {
    server = createServer((request, response) => {
      const answer = ANSWERS[new URL(request.url ?? '/', 'http://x').pathname];
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      const missing = {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        reason: 'NotFound',
        code: 404,
        message: 'not found',
      };
      response.end(JSON.stringify(answer ?? missing));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
    const { port } = server.address() as AddressInfo;
    writeConfig(port);
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function writeConfig(port: number): void {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'stub', cluster: { server: `http://127.0.0.1:${port}` } }],
      contexts: [{ name: 'stub', context: { cluster: 'stub', user: 'stub' } }],
      'current-context': 'stub',
      users: [{ name: 'stub', user: {} }],
    };
    writeFileSync(join(folder, 'config'), JSON.stringify(config));
  }

  it('finds the cluster', async () => {
    await expect(kubectl().requireCluster()).resolves.toBeUndefined();
    expect(await kubectl().raw('/version')).toMatchObject({ gitVersion: 'v1.31.2' });
  });

  it('lists what the cluster has', async () => {
    expect(await kubectl().list('ingressclasses')).toMatchObject([{ name: 'traefik' }]);
  });

  it('takes a kind that the cluster does not know for none of it', async () => {
    expect(await kubectl().list('gatewayclasses')).toEqual([]);
    await expect(kubectl().raw('/apis/cert-manager.io/v1')).rejects.toThrow(
      'kubectl get --raw /apis/cert-manager.io/v1 failed',
    );
  });

  it('says that nobody answers', async () => {
    const { port } = server.address() as AddressInfo;
    writeConfig(1);
    await expect(kubectl().requireCluster()).rejects.toThrow(/no cluster answers: .*refused.*\nPoint KUBECONFIG/);
    writeConfig(port);
  });
});

const RUNBOOKS = join(ROOT, 'docs/runbooks');

/** The commands of kubectl on a page: without what they are piped into and without the remark behind them. */
function commandsOf(page: string): string[] {
  const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.split('\n').map((line) => line.trim()))
    .filter((line) => line.startsWith('kubectl '))
    .map((line) => line.replace(/ +#.*$/, '').replace(/ \| (?=(?:[^']*'[^']*')*[^']*$).*$/, ''));
}

/** No server listens there: what kubectl says then is about the connection, unless it does not understand the command. */
const NOBODY = `apiVersion: v1
kind: Config
clusters: [{ name: nobody, cluster: { server: 'http://127.0.0.1:9' } }]
contexts: [{ name: nobody, context: { cluster: nobody } }]
current-context: nobody
`;

describe.skipIf(kubectl === undefined)('the commands of the runbooks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runbooks-'));
  const config = join(folder, 'config');
  writeFileSync(config, NOBODY);
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What kubectl says of a command. */
  async function said(command: string): Promise<string> {
    const env = { KUBECONFIG: config, ns: 'quotes-production', n: '0', service: 'users' };
    const { stdout, stderr } = await run('sh', ['-c', command], { cwd: folder, env, timeoutMs: 30_000 });
    return stdout + stderr;
  }

  const pages = readdirSync(RUNBOOKS).filter((file) => file !== 'README.md');

  it.each(pages)('of %s are understood by kubectl: it goes as far as asking the server', async (page) => {
    for (const command of new Set(commandsOf(readFileSync(join(RUNBOOKS, page), 'utf8')))) {
      expect(await said(command), command).toContain('The connection to the server 127.0.0.1:9 was refused');
    }
  });

  it('would not be, with a flag that kubectl does not have', async () => {
    expect(await said('kubectl -n quotes-production get pods --sorted-by=.metadata.name')).toContain('unknown flag');
  });
});
