const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The beginning of a text, at most so many UTF-16 units, without half of what people see as one character. */
export function beginningOf(text: string, length: number): string {
  if (text.length <= length) return text;
  const next = segmenter.segment(text).containing(length);
  return text.slice(0, next?.index ?? length);
}
