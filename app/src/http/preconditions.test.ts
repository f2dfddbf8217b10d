import { describe, expect, it } from 'vitest';
import { acceptedRevisions } from './preconditions.ts';

describe('the revisions that a writer accepts', () => {
  it('are those that If-Match lists, by the strong comparison', () => {
    expect(['a1', 'b2', 'x'].filter(accepted({ 'if-match': '"a1", W/"x" ,"b2"' }))).toEqual(['a1', 'b2']);
  });

  it.each([{}, { 'if-match': ' * ' }])('are all without a condition, and with an asterisk: %j', (headers) => {
    expect(acceptedRevisions(headers)).toBeUndefined();
  });

  it.each([
    { 'if-match': 'W/"a1"' },
    { 'if-match': 'a1' },
    { 'if-match': '' },
    { 'if-none-match': '*' },
    { 'if-none-match': 'W/"a1"' },
    { 'if-match': '*', 'if-none-match': '"a1"' },
    { 'if-match': '"a1"', 'if-none-match': '"b2", "a1"' },
  ])('are not the one that %j excludes, nor what is no tag', (headers) => {
    expect(accepted(headers)('a1')).toBe(false);
  });

  it('are all but those that If-None-Match lists', () => {
    expect(['a1', 'b2'].filter(accepted({ 'if-none-match': '"a1"' }))).toEqual(['b2']);
  });
});

function accepted(headers: Parameters<typeof acceptedRevisions>[0]): (revision: string) => boolean {
  return acceptedRevisions(headers) ?? (() => true);
}
