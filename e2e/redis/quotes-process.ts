import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, fetch } from 'undici';
import { ENV, SECRET_FILES } from '../../app/contract.ts';
import type { EnvironmentWithStore as Environment } from '../../charts/plan/environment.ts';
import { project } from '../../charts/project.ts';
import { redisClientEnv } from '../../charts/redis/part.ts';
import { serviceOf } from '../../test/platform.ts';
import { firstPassword, type RedisGroup } from './redis-group.ts';

const ADMIN_KEY = 'admin-key-of-the-test';

/** The real quotes service among the pods, with the environment that synthesis gives it. */
export class QuotesProcess {
  log = '';
  private readonly url: string;
  private readonly dispatcher: Agent;
  private readonly child: ChildProcess;

  private constructor(port: number, adminPort: number, group: RedisGroup, environment: Environment) {
    const { certificates } = group;
    this.url = `${certificates === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
    this.dispatcher = new Agent(certificates === undefined ? {} : { connect: certificates.client });
    const secrets = join(group.folder, 'quotes-secrets');
    mkdirSync(secrets);
    writeFileSync(join(secrets, SECRET_FILES.adminKey), ADMIN_KEY);
    writeFileSync(join(secrets, SECRET_FILES.redisPassword), firstPassword('quotes'));
    this.child = spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('../../app/src/main.ts', import.meta.url))],
      {
        env: {
          ...group.network.environment,
          ...redisClientEnv({ environment, project }, serviceOf('quotes')),
          [ENV.service]: 'quotes',
          [ENV.environment]: environment.name,
          [ENV.httpPort]: String(port),
          [ENV.adminPort]: String(adminPort),
          [ENV.secretsDir]: secrets,
          [ENV.drainSeconds]: '0',
          ...(certificates && { [ENV.tlsDir]: certificates.folderOf('quotes') }),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.log = (this.log + chunk.toString()).slice(-20_000);
      });
    }
  }

  static async start(group: RedisGroup, environment: Environment): Promise<QuotesProcess> {
    return new QuotesProcess(await freePort(), await freePort(), group, environment);
  }

  /** One quote; the status of the answer, and what it says of trying again. */
  async create(id: string): Promise<{ status: number; type: string; retryAfter: string | null }> {
    const response = await fetch(`${this.url}/quotes`, {
      method: 'POST',
      dispatcher: this.dispatcher,
      headers: { authorization: ADMIN_KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ id, text: 'What is written stays.', author: 'A proverb' }),
    });
    await response.arrayBuffer();
    const { status, headers } = response;
    return { status, type: headers.get('content-type') ?? '', retryAfter: headers.get('retry-after') };
  }

  async has(id: string): Promise<boolean> {
    const response = await fetch(`${this.url}/quotes/${id}`, { dispatcher: this.dispatcher });
    await response.arrayBuffer();
    return response.status === 200;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
    await this.dispatcher.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
