import { describe, expect, it } from 'vitest';
import { typeset } from './typeset.ts';

describe('setting a text', () => {
  it('keeps a French sign on the line of its word, behind a narrow space', () => {
    expect(typeset('Mais où sont les neiges d’antan ?')).toBe('Mais où sont les neiges d’antan\u202f?');
    expect(typeset('« Oui ; non »')).toBe('«\u202fOui\u202f; non\u202f»');
  });

  it('leaves English alone', () => {
    expect(typeset('To be, or not to be? Yes: to be!')).toBe('To be, or not to be? Yes: to be!');
  });
});
