import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withOwnTexts } from './own-texts.ts';

it('changes no value, however it is made', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      expect(withOwnTexts(structuredClone(value), new Map())).toEqual(value);
    }),
  );
});

it('keeps half a pair of surrogates, and what is under a key of every object', () => {
  const text = `${'x'.repeat(20)}\ud800`;
  const holder = JSON.parse(`{"__proto__": ${JSON.stringify(text)}, "list": [${JSON.stringify(text)}]}`);
  withOwnTexts(holder, new Map());
  expect(Object.entries(holder)).toEqual([
    ['__proto__', text],
    ['list', [text]],
  ]);
});

it('keeps one copy of a text that stands twice', () => {
  const known = new Map<string, string>();
  withOwnTexts(['app.kubernetes.io/name', { of: 'app.kubernetes.io/name' }, 'short', 'of several\nlines, long'], known);
  expect([...known.values()]).toEqual(['app.kubernetes.io/name']);
});
