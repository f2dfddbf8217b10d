import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placedWords, queryWords, wordsOf } from './words.ts';

/** Whether each word of a query begins one of the text: what the index and the marks of a page both go by. */
function finds(text: string, query: string): boolean {
  const words = [...placedWords(text)].map(({ word }) => word);
  const asked = queryWords(query);
  return asked.length > 0 && asked.every((prefix) => words.some((word) => word.startsWith(prefix)));
}

describe('a text is found however its letters are written', () => {
  it.each([
    ['ligatures', 'The ﬁnal oﬃce of ﬅyle', 'final office style'],
    ['a ligature in the query', 'the final office', 'ﬁnal oﬃce'],
    ['full-width letters', 'Ｆｕｌｌ ｗｉｄｔｈ', 'full width'],
    ['letters of mathematics', '𝒽𝑒𝓁𝓁𝑜 𝐰𝐨𝐫𝐥𝐝', 'hello world'],
    ['circled digits and Roman numerals', '① Ⅳ', '1 iv'],
    ['letters in circles and squares', 'Ⓗⓔⓛⓛⓞ 🅆🄾🅁🄻🄳', 'hello world'],
    ['a soft hyphen', 'co\u00adoperate', 'cooperate'],
    ['a soft hyphen in the query', 'cooperate', 'co\u00adoperate'],
    ['a joiner, a byte order mark and a direction mark', 'a\u2060b c\ufeffd \u202eef\u202c', 'ab cd ef'],
    ['a final sigma', 'λόγος', 'ΛΟΓΟΣ'],
    ['accents and breathings of Greek', 'Ὀδυσσεύς ᾳ', 'ΟΔΥΣΣΕΥΣ α'],
    ['the dotted capital of Turkish', 'istanbul', 'İSTANBUL'],
    ['the dotless letter of Turkish', 'DIYARBAKIR', 'diyarbakır'],
    ['the sharp s, small and capital', 'GROẞ Straße', 'gross STRASSE'],
    ['strokes that are no accents', 'Łódź Ærø Đặng Ħal Ŧ', 'lodz aero dang hal t'],
    ['an apostrophe that Unicode calls a letter', 'Hawaiʻi', 'hawaii'],
    ['vowels of Arabic', 'مُحَمَّد', 'محمد'],
    ['an alef without its hamza or wasla', 'أحمد ٱلله إسلام', 'احمد الله اسلام'],
    ['the end of an Arabic word', 'مدرسة على', 'مدرسه علي'],
    ['letters of a Persian keyboard', 'کتاب علی', 'كتاب علي'],
    ['digits of Arabic and Persian', '٢٠٢٦ ۲۰۲۷', '2026 2027'],
    ['presentation forms of Arabic', 'ﻻ ﷲ', 'لا الله'],
    ['points of Hebrew', 'שָׁלוֹם', 'שלום'],
    ['composed and decomposed vowels of Hindi', 'क़लम', 'क\u093cलम'],
    ['composed and decomposed syllables of Korean', '한국어', '한국'.normalize('NFD')],
    ['half-width kana', 'ｶﾞﾗｽ', 'ガラス'],
    ['an ideograph outside the basic plane', '𠮷野家', '野家'],
    ['phonetic signs of Chinese', 'ㄅㄆㄇ', 'ㄆㄇ'],
    ['the middle of Chinese and Japanese', '日本国憲法 我思故我在', '国憲 故我'],
    ['words of Thai, Lao and Khmer', 'ความรักไม่มีพรมแดน ສະບາຍດີ ជំរាបសួរ', 'พรมแดน ສະບາຍ ជំរាប'],
  ])('%s', (_, text, query) => {
    expect(finds(text, query)).toBe(true);
  });

  it.each([
    ['the mark of a dakuten', 'ハハ', 'パパ'],
    ['the order of ideographs', '名前', '前名'],
    ['a vowel of Hindi', 'कल', 'किल'],
  ])('but not without %s', (_, text, query) => {
    expect(finds(text, query)).toBe(false);
  });
});

describe('words', () => {
  it('are lower case and without accents, ligatures and marks', () => {
    expect(wordsOf("L'Œuvre était FINIE — ça suffit! Straße, Łódź")).toEqual([
      'l',
      'oeuvre',
      'etait',
      'finie',
      'ca',
      'suffit',
      'strasse',
      'lodz',
    ]);
  });

  it('are the same for composed and decomposed letters', () => {
    expect(wordsOf('é'.normalize('NFD'))).toEqual(wordsOf('é'.normalize('NFC')));
  });

  it.each([
    ['ligatures', 'ﬁnal oﬃce', 'final office'],
    ['full-width letters', 'Ｈｅｌｌｏ　２０２６', 'hello 2026'],
    ['a soft hyphen', 'tre\u00admen\u00addous', 'tremendous'],
    ['characters of no width', 'tre\u200bmen\u200ddous \ufeffend', 'tremendous end'],
    ['a final sigma', 'ΟΔΥΣΣΕΥΣ Ὀδυσσεύς', 'οδυσσευσ οδυσσευσ'],
    ['the Turkish capital', 'İstanbul', 'istanbul'],
    ['Arabic with vowels and lengthener', 'مُحَمَّد سـلام', 'محمد سلام'],
    ['Hebrew with points', 'שָׁלוֹם', 'שלום'],
    ['a long s and superscripts', 'Congreſs x²', 'congress x2'],
    ['half-width kana', 'ｶﾞﾗｽ', 'ガ|ラ|ス'],
    ['kana whose mark makes another letter', 'が か', 'が か'],
    ['Hindi, whose vowels are marks', 'किताब', 'किताब'],
  ])('are compared without what is written otherwise: %s', (_, text, words) => {
    const expected = words.includes('|') ? ['ガラ', 'ラス', 'ス'] : words.split(' ');
    expect(wordsOf(text)).toEqual(expected);
  });

  it('are found in any text without an error', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => wordsOf(text).every((word) => word.length > 0)));
  });
});
