import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { readRelease, releasePath } from './releases.ts';

function rootWith(record: string): string {
  const root = temporaryFolder();
  const file = join(root, releasePath('staging'));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, record);
  return root;
}

it('says what an environment without a record of its own runs', async () => {
  await expect(readRelease(temporaryFolder(), 'staging')).rejects.toThrow('staging has no release of its own');
});

it('names a record that is no release', async () => {
  await expect(readRelease(rootWith('{"tag": 1}'), 'staging')).rejects.toThrow(
    'charts/releases/staging.json is no release: it holds {"tag":1}',
  );
});

it('reads the tag and the digest that a record holds', async () => {
  const release = { tag: '1.2.3', digest: null };
  expect(await readRelease(rootWith(JSON.stringify(release)), 'staging')).toEqual(release);
});
