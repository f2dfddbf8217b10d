import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../text/words.ts';
import { WordScanner } from './word-scanner.ts';

/** The scanner's words; undefined where it is lost. */
function scan(text: string): string[] | undefined {
  const scanner = new WordScanner();
  const bytes = Buffer.from(`"${text}"`);
  scanner.open(bytes, 1, bytes.length - 1);
  const words: string[] = [];
  while (scanner.next()) words.push(Buffer.from(scanner.word.subarray(0, scanner.length)).toString());
  return scanner.isLost ? undefined : words;
}

describe('the scanner', () => {
  it('finds in what people write in Latin letters the words that wordsOf finds', () => {
    const character = fc.oneof(
      fc.constantFrom(' ', '’', '“', '—', '.', 'œ', 'É', 'ß', 'ł', 'x'),
      fc.integer({ min: 0x20, max: 0x24f }).map((code) => String.fromCodePoint(code)),
      fc.integer({ min: 0x2000, max: 0x203f }).map((code) => String.fromCodePoint(code)),
    );
    const text = fc.array(character, { maxLength: 80 }).map((characters) => characters.join(''));
    fc.assert(
      fc.property(text, (line) => {
        const words = scan(line);
        if (words !== undefined) expect(words).toEqual(wordsOf(line));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not lost in French, German, Polish or English', () => {
    for (const line of [
      'L’Œuvre était FINIE — ça suffit… « là »',
      'Straße, Größe, Übermut',
      'Łódź i żółć',
      'He said “no”, 42 times: don’t!',
    ]) {
      expect(scan(line), line).toEqual(wordsOf(line));
    }
  });

  it('gives up where only the whole text tells: marks, other scripts, letters without a fold', () => {
    for (const line of ['e\u0301te', 'Любовь', '愛', 'ﬁ', '½', 'ŀ', 'a\u00adb', 'a\u200bb', '😀'])
      expect(scan(line), line).toBeUndefined();
  });

  it('cuts a word where wordsOf cuts it', () => {
    for (const line of [`${'x'.repeat(31)}œuvre y`, `${'é'.repeat(40)} ${'a'.repeat(32)} b`, 'æ'.repeat(20)]) {
      expect(scan(line), line).toEqual(wordsOf(line));
    }
  });
});
