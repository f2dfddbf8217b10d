import type { Logger } from '../runtime/logger.ts';
import type { HttpContext } from './route.ts';
import { pathOf } from './well-formed.ts';

/** Tells of a request to a route that asks for an admin key, allowed or not. */
export type AuditTrail = (ctx: HttpContext) => void;

/**
 * Who did what, when, and how it ended: a line of the log that no level leaves out, without keys or bodies.
 * @param pathsArePersonal names the route in place of what was written; see Service
 */
export function auditTrail(log: Logger, pathsArePersonal = false): AuditTrail {
  const always = log.child({}, { level: 'info' });
  return (ctx) => {
    const { actor, requestId, trace, counters } = ctx.state;
    if (actor === undefined) return;
    const { route } = counters;
    const what = pathsArePersonal ? route : ctx.response.get('Location') || pathOf(ctx);
    const { method, status } = ctx;
    always.info({ who: actor, method, route, what, status, requestId, traceId: trace.traceId }, 'audit');
  };
}
