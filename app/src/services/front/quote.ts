import * as z from 'zod';

/** A quote as the quotes and search services send it; what else they send is ignored, so that they may grow without the front. */
export const quoteSchema = z.object({
  id: z.string(),
  /** Changes with every write. */
  revision: z.string().optional(),
  text: z.string(),
  author: z.string(),
  /** The work in which it stands, where it is known. */
  source: z.string().nullish(),
  /** BCP 47 tag, where it is known. */
  language: z.string().nullish(),
});
export type Quote = z.infer<typeof quoteSchema>;

/** Length in characters up to which a quote still looks well in the largest and in the middle size. */
const SHORT = 70;
const MEDIUM = 150;

/** The style in which a quote is set when it has the page to itself. */
export function sizeClass(text: string): 'short' | 'medium' | 'long' {
  if (text.length <= SHORT) return 'short';
  return text.length <= MEDIUM ? 'medium' : 'long';
}
