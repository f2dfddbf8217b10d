import type { RequestListener, ServerResponse } from 'node:http';
import type Koa from 'koa';
import type { RequestState } from './request-state.ts';
import type { HttpContext } from './route.ts';

/**
 * Koa's `callback()` without its listeners for the end of each response. They are put on the response and on its socket and
 * taken off again, a tenth of the cost of a small read, only to tell of a socket that failed; the server ends what belongs to it.
 */
export function koaListener(app: Koa<RequestState>, handle: (ctx: HttpContext) => Promise<void>): RequestListener {
  return (req, res) => {
    const ctx = app.createContext<RequestState>(req, res);
    res.statusCode = 404;
    handle(ctx)
      .then(() => send(ctx.body, res))
      .catch((error: Error) => ctx.onerror(error));
  };
}

/** The bodies that handlers give: none, text and bytes as they are, anything else as JSON. Node leaves them out for HEAD. */
function send(body: unknown, res: ServerResponse): void {
  if (body === null || body === undefined) res.end();
  else if (typeof body === 'string' || Buffer.isBuffer(body)) res.end(body);
  else sendJson(JSON.stringify(body), res);
}

function sendJson(text: string, res: ServerResponse): void {
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.end(text);
}
