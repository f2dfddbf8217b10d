import type { IncomingHttpHeaders } from 'node:http';
import type { Accepts } from '../stores/record.ts';
import { HttpProblem } from './problem.ts';
import type { HttpContext } from './route.ts';

/** One entity tag; a weak one keeps its `W/`. */
const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/**
 * Answers a GET as its conditions ask (RFC 9110, 13.2.2): 304 where the client already has what the handler just produced (it set an ETag).
 * Koa's `ctx.fresh` answers 200 to any request with `Cache-Control: no-cache`, which `fetch` adds by itself; RFC 9111 means it for caches on the way.
 * @throws HttpProblem 412 where If-Match names another one
 */
export function applyConditional(ctx: HttpContext): void {
  const { 'if-match': match, 'if-none-match': noneMatch } = ctx.req.headers;
  if ((match ?? noneMatch) === undefined || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return;
  const { status } = ctx;
  const etag = ctx.res.getHeader('ETag');
  if (status < 200 || status >= 300 || typeof etag !== 'string') return;
  if (match !== undefined && !lists(match, etag)) {
    throw new HttpProblem(412, { detail: 'It is not what If-Match names.' });
  }
  if (noneMatch === undefined || !listsWeakly(noneMatch, etag)) return;
  ctx.status = 304;
  ctx.body = null;
}

/**
 * Which revisions a writer accepts as the one to be overwritten; undefined where any will do.
 * A condition that is not understood holds for none: to ignore it would overwrite what was not seen.
 */
export function acceptedRevisions(headers: IncomingHttpHeaders): Accepts | undefined {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if ((match === undefined || match.trim() === '*') && noneMatch === undefined) return undefined;
  return (revision) => {
    const etag = `"${revision}"`;
    return (match === undefined || lists(match, etag)) && (noneMatch === undefined || !listsWeakly(noneMatch, etag));
  };
}

/** The strong comparison (13.1.1): a weak tag never matches, neither does what is no tag at all. */
function lists(header: string, etag: string): boolean {
  return header.trim() === '*' || (header.match(TAG) ?? []).some((tag) => tag === etag);
}

/** The weak comparison (13.1.2) looks at the opaque part alone. */
function listsWeakly(header: string, etag: string): boolean {
  return header.trim() === '*' || (header.match(TAG) ?? []).some((tag) => opaque(tag) === opaque(etag));
}

function opaque(tag: string): string {
  return tag.replace(/^W\//, '');
}
