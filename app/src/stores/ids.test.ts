import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, newId } from './ids.ts';

describe('cursors', () => {
  it('lead back to the id that they were made of', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/), (id) => {
        expect(decodeCursor(encodeCursor(id))).toBe(id);
      }),
    );
  });

  it('of any other make are refused', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const id = decodeCursor(text);
        if (id !== undefined) expect(encodeCursor(id)).toBe(text);
      }),
    );
    expect(decodeCursor('!!')).toBeUndefined();
    expect(decodeCursor(Buffer.from('(inf').toString('base64url'))).toBeUndefined();
  });
});

describe('new ids', () => {
  it('sort by the time of their making', () => {
    const times = [0, 1, 1_700_000_000_000, 1_900_000_000_000];
    const ids = times.map((time) => newId(time));
    expect([...ids].sort()).toEqual(ids);
    expect(newId()).toMatch(/^[0-9a-z]{9}-[0-9a-f]{10}$/);
  });
});
