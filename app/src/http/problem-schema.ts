import * as z from 'zod';

/** The problem document (RFC 9457) for OpenAPI; problem.ts makes it. */
export const ProblemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z
    .array(z.object({ in: z.enum(['body', 'query', 'path', 'header']), name: z.string(), message: z.string() }))
    .optional(),
  requestId: z.string(),
});
