import type { IncomingMessage } from 'node:http';
import { HttpProblem } from './problem.ts';
import type { HttpContext } from './route.ts';

/** RFC 3986's host with a port. No comma: that is how Node joins two Host headers. */
const HOST = /^(?:[\w.~!$&'()*+;=%-]*|\[[\da-fA-F:.]+\])(?::(\d{0,5}))?$/;
/** The absolute form, as proxies are asked: whose page it is, and the page. */
const ABSOLUTE = /^https?:\/\/([^/?#]+)(?:[/?]|$)/i;
const LAST_PORT = 65_535;

/**
 * Refuses what Node's parser lets through though RFC 9112 does not.
 * @throws HttpProblem 400, 417, 501 or 505
 */
export function requireWellFormed(ctx: HttpContext): void {
  const { req } = ctx;
  const { host, expect, 'transfer-encoding': coding } = req.headers;
  if (req.httpVersionMajor !== 1) {
    throw refusal(req.httpVersionMajor === 0 ? 400 : 505, 'Send the request as HTTP/1.1.');
  }
  if (host === undefined ? req.httpVersionMinor !== 0 : !isHost(host)) {
    throw refusal(400, 'Send one Host header with a host and, if need be, a port.');
  }
  const { path } = ctx.state;
  if (path === undefined || !isTarget(req.url ?? '') || (path === '*' && req.method !== 'OPTIONS')) {
    throw refusal(400, 'The address of the request cannot be read.');
  }
  if (coding !== undefined) requireChunked(coding, req);
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    throw refusal(417, "Only '100-continue' can be expected.");
  }
}

function isHost(text: string): boolean {
  const [found, port = ''] = HOST.exec(text) ?? [];
  return found !== undefined && Number(port) <= LAST_PORT;
}

/** A path, `*`, or a whole address with a host in it. */
function isTarget(url: string): boolean {
  return url.startsWith('/') || url === '*' || isHost(ABSOLUTE.exec(url)?.[1] ?? '[]');
}

/** Anything else may be read differently by a proxy, which is how requests are smuggled. */
function requireChunked(coding: string, { httpVersionMinor }: IncomingMessage): void {
  if (httpVersionMinor === 0) throw refusal(400, 'HTTP/1.0 has no Transfer-Encoding.');
  if (coding.toLowerCase() !== 'chunked') throw refusal(501, "Only 'chunked' is understood as Transfer-Encoding.");
}

/** What follows on such a connection may not be what its sender means. */
function refusal(status: number, detail: string): HttpProblem {
  return new HttpProblem(status, { detail, headers: { Connection: 'close' } });
}

/** The path, or undefined where the address is none: Koa's getters throw then. */
export function pathOf(ctx: HttpContext): string | undefined {
  try {
    return ctx.path;
  } catch {
    return undefined;
  }
}
