import type { HttpContext } from './route.ts';

/** JSON that is already written, as a route answers with it; quick-koa.ts sends it. */
export interface Answer {
  readonly status: number;
  /** Its own header lines, each with its end. */
  readonly head: string;
  readonly body: Buffer | string;
}

const UNSAFE = /[^\t\x20-\x7e]/;

/** @throws Error where a value would end the line: what is stored may be anything */
export function headerLine(name: string, value: string): string {
  if (UNSAFE.test(value)) throw new Error(`${name} cannot be sent as it is`);
  return `${name}: ${value}\r\n`;
}

/** What the lines were made of. */
export function headersOf(head: string): [name: string, value: string][] {
  return [...head.matchAll(/(.+?): (.*)\r\n/g)].map(([, name = '', value = '']) => [name, value]);
}

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
