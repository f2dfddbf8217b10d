/** Made when a text needs it: it loads a megabyte of rules. */
let graphemes: Intl.Segmenter | undefined;

export function graphemesOf(text: string): Intl.Segments {
  graphemes ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  return graphemes.segment(text);
}

/** The beginning of a text, at most so many UTF-16 units, without half of what people see as one character. */
export function beginningOf(text: string, length: number): string {
  if (text.length <= length) return text;
  return text.slice(0, graphemesOf(text).containing(length)?.index ?? length);
}
