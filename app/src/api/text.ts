import * as z from 'zod';

/** Control characters, unpaired surrogates and what is no character: nobody types them, and logs, terminals and indexes stumble over them. */
const UNPRINTABLE = /(?![\t\n\r])\p{Cc}|\p{Surrogate}|\p{Noncharacter_Code_Point}/u;
/** What can be seen by itself: marks, spaces, the Braille pattern without dots and characters of no width cannot. */
const VISIBLE = /(?!\p{Default_Ignorable_Code_Point}|\u2800)[\p{L}\p{N}\p{P}\p{S}]/u;

/** Unicode composes nothing below U+0300, and to ask `normalize` costs as much as reading the whole body. */
const COMPOSED = /^[\0-\u02ff]*$/;

/** Text that a person wrote: trimmed, in Unicode's composed form, neither empty nor longer than `max` characters. */
export function humanText(max: number) {
  return z
    .string()
    .max(2 * max, { error: `must have at most ${max} characters` })
    .refine((text) => !UNPRINTABLE.test(text), { error: 'must not contain control characters' })
    .transform((text) => (COMPOSED.test(text) ? text : text.normalize('NFC')).trim())
    .pipe(z.string().min(1).max(max))
    .refine((text) => text === '' || VISIBLE.test(text), { error: 'must not be empty' });
}

/** An identifier as it stands in a path and in a key: no character that either would have to escape. */
export const Id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, {
  error: 'must be 1 to 64 letters, digits, - or _, beginning with a letter or digit',
});

export const IdParams = z.object({ id: Id });
