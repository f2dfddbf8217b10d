import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../delivery/run.ts';
import { ROOT } from '../../../root.ts';
import { eventually } from '../../../test/eventually.ts';
import { prepare, required } from '../cluster.ts';
import { CACHE, succeeds, unmountBelow } from '../machine.ts';
import { record } from '../report.ts';

/** Why podman cannot play the Compose file here; undefined where it can. */
async function lacking(): Promise<string | undefined> {
  for (const program of ['podman', 'podman-compose', '/usr/lib/podman/netavark', '/usr/lib/podman/aardvark-dns'])
    if (!(await succeeds('sh', ['-c', `command -v ${program}`]))) return `${program} is missing`;
  return undefined;
}

const reason = await lacking();
if (reason !== undefined) console.warn(`${reason}: the Compose file is not run`);

describe.skipIf((await required()) || reason !== undefined)('compose.yaml, with podman', () => {
  const folder = join(CACHE, 'podman');
  /** What podman keeps while containers run; a path in it must be short. */
  const state = '/run/suite-podman';
  const env: Record<string, string> = {
    CONTAINERS_CONF: join(folder, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
  };
  const headers = { authorization: 'dev-admin-key', 'content-type': 'application/json' };
  const quote = JSON.stringify({ id: `compose-${Date.now()}`, text: 'What is written down stays.', author: 'Nobody' });

  async function podman(program: 'podman' | 'podman-compose', ...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await run(program, args, { cwd: ROOT, env });
    if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${code}\n${stderr}${stdout}`);
    return stdout;
  }
  const compose = (...args: readonly string[]) =>
    podman('podman-compose', '-f', 'compose.yaml', '-p', 'suite', ...args);
  const status = async (path: string, port = 8000) =>
    (await request(`http://127.0.0.1:${port}${path}`, { headers })).statusCode;
  const serves = () =>
    eventually(
      async () => {
        expect([
          await status('/health', 8080),
          await status('/quotes?limit=1'),
          await status('/users?limit=1'),
        ]).toEqual([200, 200, 200]);
      },
      { withinMs: 240_000, everyMs: 1_000 },
    );

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    mkdirSync(state, { recursive: true });
    writeFileSync(
      join(folder, 'storage.conf'),
      `[storage]\ndriver="overlay"\ngraphroot="${folder}/root"\nrunroot="${state}"\n`,
    );
    const engine = `[engine]\ncgroup_manager="cgroupfs"\nevents_logger="file"\ntmp_dir="${state}/libpod"\n[network]\nnetwork_backend="netavark"\n`;
    const containers = `[containers]\nlog_driver="k8s-file"\ndefault_ulimits=["nofile=1024:1024","nproc=1024:1024"]\n`;
    writeFileSync(join(folder, 'containers.conf'), engine + containers);
    const { archives } = await prepare(console.log);
    for (const archive of archives.filter((file) => /valkey|traefik|quotes-platform/.test(file)))
      await podman('podman', 'load', '-i', archive);
  }, 3_600_000);
  afterAll(async () => {
    await compose('down', '-v');
    for (const place of [folder, state]) {
      await unmountBelow(place);
      rmSync(place, { recursive: true, force: true });
    }
  }, 300_000);

  it('serves the front on 8080 and the APIs on 8000, and keeps what was written when everything is made anew', async () => {
    const started = performance.now();
    await compose('up', '-d', '--no-build');
    await serves();
    const created = await request('http://127.0.0.1:8000/quotes', { method: 'POST', headers, body: quote });
    expect(created.statusCode).toBe(201);
    await compose('down');
    await compose('up', '-d', '--no-build');
    await serves();
    expect(await status(created.headers['location'] as string)).toBe(200);
    record({ test: 'compose.yaml with podman', seconds: Math.round((performance.now() - started) / 1_000) });
  });
});
