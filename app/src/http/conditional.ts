import type { HttpContext } from './route.ts';

/**
 * Answers 304 where the client already has what the handler just produced (it set an ETag).
 * Koa's `ctx.fresh` answers 200 to any request with `Cache-Control: no-cache`, which `fetch` adds by itself; RFC 9111 means it for caches on the way.
 */
export function applyConditional(ctx: HttpContext): void {
  const asked = ctx.req.headers['if-none-match'];
  if (asked === undefined || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return;
  const { status } = ctx;
  const etag = ctx.res.getHeader('ETag');
  if (status < 200 || status >= 300 || typeof etag !== 'string') return;
  if (asked.trim() !== '*' && !asked.split(',').some((tag) => opaque(tag) === opaque(etag))) return;
  ctx.status = 304;
  ctx.body = null;
}

/** The weak comparison (RFC 9110, 13.1.2) looks at the opaque part alone. */
function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, '');
}
