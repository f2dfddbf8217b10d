import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STORE_FUNCTIONS, STORE_LIBRARY } from '../../app/contract.ts';
import { ROOT } from '../../root.ts';

describe('the library of functions that the servers load', () => {
  const text = readFileSync(join(ROOT, STORE_LIBRARY.file), 'utf8');

  it('has exactly the functions that the services call, by the same names', () => {
    const registered = [...text.matchAll(/^redis\.register_function\('(\w+)'/gm)].map(([, name]) => name);
    expect(registered.toSorted()).toEqual(Object.values(STORE_FUNCTIONS).toSorted());
  });

  it('bears the name by which the servers see whether they have it', () => {
    expect(text.split('\n')[0]).toBe(`#!lua name=${STORE_LIBRARY.name}`);
  });
});
