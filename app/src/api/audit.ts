import * as z from 'zod';
import { pageOf } from './page.ts';

/** What somebody did with an admin key. */
export const AuditEvent = z.object({
  at: z.iso.datetime(),
  /** The name of the key. */
  who: z.string(),
  method: z.string(),
  route: z.string(),
  /** What was written or read; of personal data the route alone. */
  what: z.string(),
  status: z.int(),
  requestId: z.string(),
});

/** Newest first. */
export const AuditPage = pageOf(AuditEvent);

export type AuditEvent = z.output<typeof AuditEvent>;
export type AuditPage = z.output<typeof AuditPage>;
