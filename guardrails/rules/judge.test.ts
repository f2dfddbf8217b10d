import { expect, it } from 'vitest';
import { keysOf } from './judge.ts';

it.each([
  ['spec.ports[0].name', ['spec', 'ports', 0, 'name']],
  ['data[a.b]', ['data', 'a.b']],
  ['metadata.annotations[example.com/x]', ['metadata', 'annotations', 'example.com/x']],
  ['[]', []],
  ['<nil>', []],
  ['', []],
])('reads %s as the server means it', (path, keys) => {
  expect(keysOf(path)).toEqual(keys);
});
