import type { HttpContext } from './route.ts';

/** Answers 304 where the client already has what the handler just produced (it set an ETag). */
export function applyConditional(ctx: HttpContext): void {
  if (ctx.req.headers['if-none-match'] === undefined || !ctx.fresh) return;
  ctx.status = 304;
  ctx.body = null;
}
