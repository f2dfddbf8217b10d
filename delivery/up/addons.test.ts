import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askAt } from './addons.ts';

describe('a question at the terminal', () => {
  const answerTo = (typed: string, isTTY = true) => {
    const input = Object.assign(new PassThrough(), { isTTY });
    input.end(typed);
    return askAt(input, new PassThrough(), 'install Traefik?');
  };

  it.each(['y\n', 'Yes\n'])('is agreed to with %j', async (typed) => {
    expect(await answerTo(typed)).toBe(true);
  });

  it.each(['\n', 'n\n', 'yesterday\n', ''])('is not agreed to with %j', async (typed) => {
    expect(await answerTo(typed)).toBe(false);
  });

  it('is not asked where nobody sits', async () => {
    expect(await answerTo('y\n', false)).toBe(false);
  });
});
