import { placedWords, queryWords } from '../../text/words.ts';

export interface Stretch {
  readonly text: string;
  readonly marked: boolean;
}

/** Cuts a text into stretches; what the search finds by its words is marked: they are the same words. */
export function highlight(text: string, keyword: string): readonly Stretch[] {
  const wanted = queryWords(keyword);
  const stretches: Stretch[] = [];
  let end = 0;
  for (const placed of wanted.length === 0 ? [] : placedWords(text)) {
    const found = wanted.filter((prefix) => placed.word.startsWith(prefix));
    if (found.length === 0) continue;
    // Of a pair of ideographs only the first may have been asked for.
    const isPair = placed.middle === undefined || found.some((prefix) => [...prefix].length > 1);
    const stop = isPair ? placed.end : (placed.middle ?? placed.end);
    const start = Math.max(placed.start, end);
    if (stop <= start) continue;
    const before = start === end ? stretches.pop() : { text: text.slice(end, start), marked: false };
    // Neighbours that are marked are one mark.
    const joined = before?.marked ? before.text : '';
    if (before?.marked === false) stretches.push(before);
    stretches.push({ text: joined + text.slice(start, stop), marked: true });
    end = stop;
  }
  if (end < text.length || stretches.length === 0) stretches.push({ text: text.slice(end), marked: false });
  return stretches;
}
