import * as z from 'zod';

/** Control characters and unpaired surrogates: nobody types them, and logs, terminals and indexes stumble over them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Surrogate}/u;

/** Text that a person wrote: trimmed, in Unicode's composed form, neither empty nor longer than `max` characters. */
export function humanText(max: number) {
  return z
    .string()
    .max(2 * max, { error: `must have at most ${max} characters` })
    .refine((text) => !UNPRINTABLE.test(text), { error: 'must not contain control characters' })
    .transform((text) => text.normalize('NFC').trim())
    .pipe(z.string().min(1).max(max));
}

/** An identifier as it stands in a path and in a key: no character that either would have to escape. */
export const Id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, {
  error: 'must be 1 to 64 letters, digits, - or _, beginning with a letter or digit',
});

export const IdParams = z.object({ id: Id });
