import { describe, expect, it } from 'vitest';
import { kept } from './kept.ts';

describe('what is kept', () => {
  it('is asked for again after a question that failed', async () => {
    let calls = 0;
    const ask = async () => {
      if (++calls === 1) throw new Error('no answer');
      return calls;
    };
    const answer = kept({ ask, freshMs: () => 1_000, now: () => 0 });
    await expect(Promise.all([answer(), answer()])).rejects.toThrow('no answer');
    expect([await answer(), await answer(), calls]).toEqual([2, 2, 2]);
  });
});
