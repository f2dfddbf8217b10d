import type { HttpContext } from './route.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends JSON that is already written, as a client may keep it and ask again whether it still holds. */
export function sendJson(ctx: HttpContext, json: Buffer | string, etag: string): void {
  const { res } = ctx;
  res.setHeader('Content-Type', JSON_TYPE);
  res.setHeader('ETag', etag);
  res.setHeader('Cache-Control', 'no-cache');
  ctx.body = json;
}

/** The same for what nobody may keep: a random choice, what only an administrator may see. */
export function sendPrivateJson(ctx: HttpContext, json: Buffer | string, status = 200): void {
  ctx.status = status;
  ctx.res.setHeader('Content-Type', JSON_TYPE);
  ctx.res.setHeader('Cache-Control', 'no-store');
  ctx.body = json;
}
