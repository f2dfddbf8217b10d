import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { check, type Pins, readPins, update } from '../delivery/image/pins.ts';
import { Registries } from '../delivery/registry.ts';
import { requireProgram } from '../test/requires.ts';
import { LocalRegistry } from './registry.ts';

const program = requireProgram('docker-registry');

describe.skipIf(program === undefined)('pinned images against a real registry', () => {
  const root = mkdtempSync(join(tmpdir(), 'images-'));
  const registries = new Registries();
  let registry: LocalRegistry;
  let digests: Readonly<Record<string, string>>;

  beforeAll(async () => {
    registry = await LocalRegistry.start(program ?? '');
    const tags = ['1.0.0-alpine', '1.0.1-alpine', '1.0.2', '1.1.0-alpine'];
    const pushed = tags.map(async (tag) => [tag, await registry.push('store', tag, tag)] as const);
    digests = Object.fromEntries(await Promise.all(pushed));
    mkdirSync(join(root, 'charts'));
    mkdirSync(join(root, 'app'));
    writeFileSync(join(root, 'app/Dockerfile'), 'ARG NODE_IMAGE=none:1\nARG NODE_DIGEST=\nFROM x\n');
  });
  afterAll(async () => {
    await registry?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  function write(tag: string, digest: string | null): void {
    const name = `${registry.host}/store`;
    const pin = { name, tag, digest, line: '~1.0.0', source: 'https://example.com', licence: 'MIT', cited: 'a test' };
    writeFileSync(join(root, 'charts/images.json'), JSON.stringify({ node: pin } satisfies Pins));
  }

  async function checked(): Promise<{ code: number; said: string }> {
    const said: string[] = [];
    const quiet = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')];
    for (const spy of quiet) spy.mockImplementation((line: string) => void said.push(line));
    const code = await check(root, registries);
    for (const spy of quiet) spy.mockRestore();
    return { code, said: said.join('\n') };
  }

  it('are as written, with what is newer in their line', async () => {
    write('1.0.0-alpine', digests['1.0.0-alpine'] ?? '');
    const { code, said } = await checked();
    expect(said).toContain('store:1.0.0-alpine -> 1.0.1-alpine');
    expect(code).toBe(0);
  });

  it('are called wrong when the tag was moved, or is not there', async () => {
    write('1.0.0-alpine', digests['1.0.1-alpine'] ?? '');
    expect(await checked()).toMatchObject({ code: 1, said: expect.stringContaining('ask why the tag was moved') });
    write('1.0.9-alpine', null);
    expect(await checked()).toMatchObject({ code: 1, said: expect.stringContaining('the registry has no') });
  });

  it('are brought to the newest of the line with its digest, in the Dockerfile too', async () => {
    write('1.0.0-alpine', null);
    vi.spyOn(console, 'log').mockImplementation(() => {});
    await update(root, registries);
    vi.restoreAllMocks();
    const digest = digests['1.0.1-alpine'] ?? '';
    expect((await readPins(root))['node']).toMatchObject({ tag: '1.0.1-alpine', digest, cited: 'the registry' });
    expect(readFileSync(join(root, 'app/Dockerfile'), 'utf8')).toBe(
      `ARG NODE_IMAGE=${registry.host}/store:1.0.1-alpine\nARG NODE_DIGEST=@${digest}\nFROM x\n`,
    );
    expect((await checked()).code).toBe(0);
  });
});
