import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { matters, servicesOf, watchFolder } from './watch.ts';

describe('watching the sources', () => {
  it.each(['src/main.ts', 'src/services/front/pages/home.tsx', 'src/services/front/assets/style.css'])(
    'restarts for %s',
    (file) => {
      expect(matters(file)).toBe(true);
    },
  );

  it.each(['src/main.test.ts', 'dev/main.ts', 'Dockerfile', 'src/main.ts~', '4913'])(
    'does not restart for %s',
    (file) => {
      expect(matters(file)).toBe(false);
    },
  );

  it.each([
    [['src/services/front/pages/home.tsx'], ['front']],
    [
      ['src/services/front.ts', 'src/services/quotes/quotes.ts'],
      ['front', 'quotes'],
    ],
    [['src/services/front/assets/style.css'], ['front']],
    [
      ['src/services/search/tally.ts', 'src/http/body.ts'],
      ['front', 'quotes', 'search'],
    ],
    [['src/services/registry.ts'], ['front', 'quotes', 'search']],
    [['contract.ts'], ['front', 'quotes', 'search']],
    [['src/services/users/users.ts'], []],
  ])('restarts for %s only who runs it', (files, services) => {
    expect(servicesOf(files, ['front', 'quotes', 'search'])).toEqual(services);
  });

  let folder: string;
  let stop: () => Promise<void>;
  const changes: (readonly string[])[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watched-'));
    await writeFile(join(folder, 'main.ts'), '');
    changes.length = 0;
    stop = await watchFolder({ folder, onChange: (files) => changes.push(files), quietMs: 50 });
  });
  afterEach(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });
  const seen = (count: number) => expect.poll(() => changes.length, { timeout: 5_000 }).toBe(count);

  it('tells a burst of changes once', async () => {
    for (const name of ['a.ts', 'b.ts', 'notes.txt']) await writeFile(join(folder, name), '');
    await seen(1);
    expect(changes).toEqual([['a.ts', 'b.ts']]);
  });

  it('goes on after editors that write beside a file and rename', async () => {
    for (const count of [1, 2, 3]) {
      await writeFile(join(folder, 'main.ts.tmp'), String(count));
      await rename(join(folder, 'main.ts.tmp'), join(folder, 'main.ts'));
      await seen(count);
    }
  });

  it('follows folders that come, go and come again', async () => {
    const below = join(folder, 'pages');
    for (const count of [1, 3]) {
      await mkdir(below);
      await writeFile(join(below, 'home.tsx'), '');
      await seen(count);
      await rm(below, { recursive: true });
      await seen(count + 1);
    }
  });
});
