import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { HttpContext } from '../../http/route.ts';

const compress = promisify(gzip);

/** Below this many characters a compressed page saves no packet. */
const WORTH_COMPRESSING = 1_400;

/** A page as text. */
export function renderPage(page: VNode): string {
  return `<!doctype html>${renderToString(page)}`;
}

/** Answers with a page; it is never reused without asking, for the next one may show other quotes. */
export async function sendPage(ctx: HttpContext, page: VNode, status = 200): Promise<void> {
  const html = renderPage(page);
  startPage(ctx, status);
  if (html.length < WORTH_COMPRESSING || ctx.acceptsEncodings('gzip', 'identity') !== 'gzip') {
    ctx.body = html;
    return;
  }
  ctx.set('Content-Encoding', 'gzip');
  ctx.body = await compress(html);
  ctx.type = 'html';
}

/** The same without compression, where an answer must be given at once. */
export function sendPlainPage(ctx: HttpContext, page: VNode, status: number): void {
  startPage(ctx, status);
  ctx.body = renderPage(page);
}

function startPage(ctx: HttpContext, status: number): void {
  ctx.status = status;
  ctx.type = 'html';
  ctx.vary('Accept, Accept-Encoding');
  ctx.set('Cache-Control', 'private, no-cache');
}
