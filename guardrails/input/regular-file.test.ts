import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { readPlatform } from '../engine.ts';
import { locate } from '../locations.ts';
import { readInput } from './files.ts';

const TEXT = '# a comment\nkind: ConfigMap\nmetadata:\n  name: a-name-that-is-long-enough\n';

function given() {
  const path = join(temporaryFolder(), 'a.yaml');
  writeFileSync(path, TEXT);
  const [document] = readInput([path]).documents;
  const resource = document && readPlatform([document]).resources[0];
  if (!resource) throw new Error('nothing was read');
  const name = resource.at('metadata', 'name');
  return { path, document, name, position: () => locate([document], [name]).get(name) };
}

it('reads the text of a file again for whoever asks', () => {
  const { document, name, position } = given();
  expect(document.text).toBe(TEXT);
  expect(name.text).toBe('a-name-that-is-long-enough');
  expect(position()).toEqual({ line: 4, column: 9 });
});

it('has no text, and so no position, where the file has changed since', () => {
  const { path, document, position } = given();
  writeFileSync(path, `${TEXT}more: true\n`);
  expect(document.text).toBeUndefined();
  expect(position()).toBeUndefined();
});

it('has none where only the time tells of the change, or the file is gone', () => {
  const { path, document } = given();
  utimesSync(path, 1, 1);
  expect(document.text).toBeUndefined();
  rmSync(path);
  expect(document.text).toBeUndefined();
});
