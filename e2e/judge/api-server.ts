import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { eventually } from '../../test/eventually.ts';
import { program } from '../cluster/programs.ts';

const TOKEN = 'administrator-of-this-suite';

export interface Reply {
  readonly code: number;
  readonly body: unknown;
}

/** A real API server with a real etcd on loopback, and nothing else: no controllers, no nodes. */
export interface ApiServer {
  readonly url: string;
  readonly kubeconfig: string;
  /** Where its files are. */
  readonly folder: string;
  call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Reply>;
  stop(): Promise<void>;
}

export interface ApiServerOptions {
  /** @default - that of the cluster suite */
  readonly version?: string | undefined;
  /** More of its flags. @default - none */
  readonly flags?: readonly string[];
}

export async function startApiServer({ version, flags = [] }: ApiServerOptions = {}): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'judge-api-server-'));
  const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
  const etcd = `http://127.0.0.1:${client}`;
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(folder, 'sa.key'), key);
  writeFileSync(join(folder, 'tokens.csv'), `${TOKEN},admin,admin,system:masters\n`);
  const children = [
    start(folder, 'etcd', [
      ...['--data-dir', join(folder, 'etcd'), '--unsafe-no-fsync', '--listen-client-urls', etcd],
      ...['--advertise-client-urls', etcd, '--listen-peer-urls', `http://127.0.0.1:${peer}`],
    ]),
    start(folder, await program('kube-apiserver', version), [
      ...flags,
      ...[
        `--etcd-servers=${etcd}`,
        `--secure-port=${port}`,
        '--bind-address=127.0.0.1',
        `--cert-dir=${join(folder, 'certs')}`,
      ],
      ...['--service-cluster-ip-range=10.96.0.0/16', '--authorization-mode=RBAC', '--allow-privileged=true'],
      ...['--service-account-issuer=https://kubernetes.default.svc', `--token-auth-file=${join(folder, 'tokens.csv')}`],
      ...[
        `--service-account-key-file=${join(folder, 'sa.key')}`,
        `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
      ],
    ]),
  ];
  const url = `https://127.0.0.1:${port}`;
  const agent = new Agent({ connections: 8, connect: { rejectUnauthorized: false } });
  const call: ApiServer['call'] = async (method, path, body) => {
    const type = method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json';
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': type, accept: 'application/json' };
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const answer = await request(`${url}${path}`, { method, headers, dispatcher: agent, ...sent });
    const text = await answer.body.text();
    return { code: answer.statusCode, body: text.startsWith('{') ? JSON.parse(text) : text };
  };
  const stop = async (): Promise<void> => {
    await agent.destroy();
    for (const child of [...children].reverse()) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(
      async () => {
        const { code } = await call('GET', '/readyz');
        if (code !== 200) throw new Error(`/readyz answers ${code}`);
      },
      { withinMs: 180_000 },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, kubeconfig: writeKubeconfig(folder, url), folder, call, stop };
}

/** Starts a program that logs to the folder. */
export function start(folder: string, file: string, args: readonly string[]) {
  const log = openSync(join(folder, `${file.split('/').at(-1)}.log`), 'a');
  return spawn(file, [...args], { stdio: ['ignore', log, log] });
}

function writeKubeconfig(folder: string, server: string): string {
  const file = join(folder, 'kubeconfig');
  const named = {
    cluster: { server, 'insecure-skip-tls-verify': true },
    user: { token: TOKEN },
    context: { cluster: 'c', user: 'u' },
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: named.cluster }],
    users: [{ name: 'u', user: named.user }],
    contexts: [{ name: 'c', context: named.context }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
