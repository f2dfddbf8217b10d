import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { freePort } from './real-redis.ts';

export interface Backend {
  readonly httpPort: number;
  /** Where the proxy asks /readyz, as a kubelet does. */
  readonly adminPort: number;
}

/** A real proxy before some instances, without retries: what an instance does wrong, the client sees. */
export class Haproxy {
  readonly url: string;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(url: string, folder: string, child: ChildProcess) {
    this.url = url;
    this.#folder = folder;
    this.#child = child;
  }

  /** Starts haproxy and waits until a backend answers through it. */
  static async start(program: string, backends: readonly Backend[]): Promise<Haproxy> {
    const folder = await mkdtemp(join(tmpdir(), 'haproxy-'));
    const port = await freePort();
    await writeFile(join(folder, 'haproxy.cfg'), config(port, backends));
    const child = spawn(program, ['-db', '-f', join(folder, 'haproxy.cfg')], { stdio: 'ignore' });
    const proxy = new Haproxy(`http://127.0.0.1:${port}`, folder, child);
    await eventually(async () => {
      const answer = await fetch(`${proxy.url}/health`);
      if (!answer.ok) throw new Error(`the proxy answers ${answer.status}`);
    });
    return proxy;
  }

  /** Waits until the proxy sends requests to `count` backends. */
  async sees(count: number): Promise<void> {
    await eventually(async () => {
      const servers = await (await fetch(`${this.url}/haproxy;csv`)).text();
      const up = servers.match(/^instances,s\d+,.*,UP,/gm)?.length ?? 0;
      if (up !== count) throw new Error(`the proxy sees ${up} of ${count} backends`);
    });
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Readiness is asked every 300 ms and believed after two answers: as fast as endpoints change in a cluster, or slower. */
function config(port: number, backends: readonly Backend[]): string {
  const servers = backends.map(
    ({ httpPort, adminPort }, index) =>
      `  server s${index} 127.0.0.1:${httpPort} check port ${adminPort} inter 300ms fall 2 rise 1`,
  );
  return `
global
  maxconn 4000
defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  timeout http-request 30s
frontend front
  bind 127.0.0.1:${port}
  default_backend instances
  stats enable
  stats uri /haproxy
backend instances
  balance roundrobin
  option httpchk GET /readyz
${servers.join('\n')}
`;
}
