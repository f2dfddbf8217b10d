import { headerLine } from './quick-koa.ts';
import type { HttpContext } from './route.ts';

const TYPE = headerLine('Content-Type', 'application/json; charset=utf-8');
const KEPT = `${TYPE}${headerLine('Cache-Control', 'no-cache')}`;
const PRIVATE = `${TYPE}${headerLine('Cache-Control', 'no-store')}`;

/** Sends JSON that is already written, as a client may keep it and ask again whether it still holds. */
export function sendJson(ctx: HttpContext, json: Buffer | string, etag: string): void {
  send(ctx, 200, KEPT + headerLine('ETag', etag), json);
}

/** The same for what nobody may keep: a random choice, what only an administrator may see. */
export function sendPrivateJson(ctx: HttpContext, json: Buffer | string, etag?: string): void {
  send(ctx, 200, etag === undefined ? PRIVATE : PRIVATE + headerLine('ETag', etag), json);
}

/** Sends what was created, which is found at `location` from now on. */
export function sendCreated(ctx: HttpContext, json: string, location: string, etag: string): void {
  ctx.state.location = location;
  send(ctx, 201, PRIVATE + headerLine('Location', location) + headerLine('ETag', etag), json);
}

function send({ res, state }: HttpContext, status: number, head: string, body: Buffer | string): void {
  res.statusCode = status;
  state.answer = { status, head, body };
}
