import * as z from 'zod';
import { pageOf } from './page.ts';
import { humanText, Id } from './text.ts';

/** A language tag as HTML's `lang` takes it. */
export const Language = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, { error: "must be a language tag like 'en' or 'fr-CA'" });

/** `source` is the work in which the words stand. */
const content = {
  text: humanText(2000),
  author: humanText(200),
  source: humanText(200).optional(),
  language: Language.optional(),
};

/** Last part of the address of a quote by chance; a quote of this id could be stored, but never be read. */
export const RANDOM = 'random';

const NewId = Id.refine((id) => id !== RANDOM, {
  error: `must not be '${RANDOM}', which leads to a quote by chance`,
});

/** Body of POST /quotes; without an id the service makes one. */
export const NewQuote = z.strictObject({ id: NewId.optional(), ...content });

/** Body of PUT /quotes/:id. An id in it must be the one of the path. */
export const QuoteReplacement = z.strictObject({ id: Id.optional(), ...content });

/** A quote as it is stored and sent. */
export const Quote = z.object({
  /** Changes with every write; the ETag. */
  revision: z.string(),
  id: Id,
  text: z.string(),
  author: z.string(),
  source: z.string().optional(),
  language: z.string().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export const QuotePage = pageOf(Quote);

export type NewQuote = z.output<typeof NewQuote>;
export type Quote = z.output<typeof Quote>;
export type QuotePage = z.output<typeof QuotePage>;
