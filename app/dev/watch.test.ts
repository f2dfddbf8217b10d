import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matters, watchFolder } from './watch.ts';

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

  it('tells a burst of changes once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'watched-'));
    const changes: string[] = [];
    const stop = watchFolder({ folder, onChange: (file) => changes.push(file), quietMs: 50 });
    for (const name of ['a.ts', 'b.ts', 'notes.txt']) await writeFile(join(folder, name), '');
    await expect.poll(() => changes.length, { timeout: 2_000 }).toBe(1);
    stop();
    await rm(folder, { recursive: true });
    expect(changes).toHaveLength(1);
  });
});
