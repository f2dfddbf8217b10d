/** A space before one of these is French, and must be narrow and never break the line. */
const BEFORE_SIGN = / (?=[?!;:»])/g;
const AFTER_QUOTE = /(?<=«) /g;

/** A text as a typesetter would set it; only spaces change. */
export function typeset(text: string): string {
  return text.replace(BEFORE_SIGN, '\u202f').replace(AFTER_QUOTE, '\u202f');
}
