import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { oneSlipAway } from './corrections.ts';
import { QuoteIndex } from './quote-index.ts';

const index = new QuoteIndex();
index.put({ id: 'garden', text: 'Il faut cultiver notre jardin.', author: 'Voltaire' });
index.put({ id: 'guard', text: 'Le gardien veille sur le jardin.', author: 'Anonyme' });
index.put({ id: 'freedom', text: 'Ελευθερία ή θάνατος', author: 'Греки' });
index.put({ id: 'war', text: 'Война и мир', author: 'Толстой' });
const fuzzy = (keyword: string) => index.search(keyword, 10, { fuzzy: true });

describe('a search that forgives slips', () => {
  it.each<[string, string | undefined, string]>([
    ['jardn', 'jardin', 'a letter is missing'],
    ['jarddin', 'jardin', 'a letter is too many'],
    ['jadrin', 'jardin', 'two are swapped'],
    ['jardim', 'jardin', 'a letter is wrong'],
    ['Vóltayre', 'voltaire', 'accents and case do not matter'],
    ['ελευθερια', undefined, 'nothing was wrong'],
    ['ελεφθερια', 'ελευθερια', 'it is Greek'],
    ['воина', undefined, 'the points of a letter may be left out'],
    ['валик', undefined, 'nothing is near'],
  ])('reads %s as %s where %s', (keyword, corrected, _why) => {
    expect(fuzzy(keyword).corrected).toBe(corrected);
  });

  it('takes the word that more quotes have', () => {
    expect(fuzzy('jardit').ids).toEqual(expect.arrayContaining(['garden', 'guard']));
  });

  it('changes only the words that nothing has', () => {
    expect(fuzzy('notre jardn')).toMatchObject({ corrected: 'notre jardin', ids: ['garden'] });
    expect(fuzzy('jard').corrected).toBeUndefined();
  });

  it('forgives nothing unless asked to', () => {
    expect(index.search('jardn', 10)).toEqual({ ids: [], total: 0, exact: true });
  });

  it('leaves alone what is too short, too long, or wrong in too many places', () => {
    expect(fuzzy('jar1').corrected).toBeUndefined();
    expect(fuzzy('jardnin jaqdin jarxin jarzin jarvin').corrected).toBeUndefined();
    expect([...oneSlipAway('a'.repeat(21))]).toEqual([]);
  });

  it('asks a bounded number of questions a word', () => {
    expect([...oneSlipAway('abcdefghijklmnopqrst')].length).toBeLessThan(1_150);
    const started = performance.now();
    for (let round = 0; round < 10; round++) fuzzy('qwertzuiopasdfghjkly wqertzuiopasdfghjkly xqwertzuiopasdfghjk');
    expect((performance.now() - started) / 10).toBeLessThan(100);
  });
});
