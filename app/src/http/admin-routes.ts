import * as z from 'zod';
import { ADMIN_API, API_PREFIXES, SCOPES } from '../../contract.ts';
import { AuditPage } from '../api/audit.ts';
import { PageQuery } from '../api/page.ts';
import { REFUSED } from '../runtime/admin-keys.ts';
import type { Config } from '../runtime/config.ts';
import type { Secrets } from '../runtime/secrets.ts';
import { AUDIT_CURSOR, type AuditStore } from '../stores/audit-store.ts';
import type { AuditTrail } from './access-log.ts';
import { type Route, route } from './route.ts';
import { sendPrivateJson } from './send-json.ts';

export interface AdminRoutesProps {
  readonly config: Pick<Config, 'service'>;
  readonly secrets: Secrets;
  /** The service's own routes: their scope is that of these routes. */
  readonly routes: readonly Route[];
  readonly trail?: AuditStore | undefined;
}

const KeyInfo = z.object({ name: z.string(), scopes: z.array(z.enum(SCOPES)) });

const AuditQuery = PageQuery.extend({
  cursor: z.string().regex(AUDIT_CURSOR, { error: "must be the 'next' of an earlier page" }).optional(),
});

/** What a service that asks for admin keys tells about them: whose key this is, and what was done with any of them. */
export function adminRoutes({ config: { service }, secrets, routes, trail }: AdminRoutesProps): Route[] {
  const scope = routes.find(({ admin }) => admin !== undefined)?.admin;
  if (scope === undefined || trail === undefined || service === 'front') return [];
  const refusals = {
    401: { description: 'Without an admin key' },
    403: { description: `The key does not open ${scope}` },
  };
  const whose = route({
    method: 'GET',
    path: `${API_PREFIXES[service]}${ADMIN_API.key}`,
    summary: 'Whose admin key this is, and what it opens',
    admin: scope,
    responses: { 200: { description: 'Its name and scopes', schema: KeyInfo }, ...refusals },
    handle(ctx) {
      const { name, scopes } = secrets.current.adminKeys.find((key) => key.name === ctx.state.actor) ?? {};
      sendPrivateJson(ctx, JSON.stringify({ name, scopes }));
    },
  });
  const audit = route({
    method: 'GET',
    path: `${API_PREFIXES[service]}${ADMIN_API.audit}`,
    summary: 'What was done with admin keys, newest first; the log has it for longer',
    admin: scope,
    query: AuditQuery,
    responses: { 200: { description: 'A page of it', schema: AuditPage }, ...refusals },
    async handle(ctx, { query: { limit, cursor } }) {
      sendPrivateJson(ctx, JSON.stringify(await trail.page({ limit, before: cursor })));
    },
  });
  return [whose, audit];
}

/** Keeps what a known key did; whoever tries keys could otherwise push everything else out of a bounded trail. */
export function keptTrail(trail: AuditStore, pathsArePersonal = false): AuditTrail {
  return (ctx) => {
    const { actor, requestId, counters, location, path = '' } = ctx.state;
    const { route } = counters;
    if (actor === undefined || actor === REFUSED || route.includes(ADMIN_API.audit)) return;
    const what = pathsArePersonal ? route : (location ?? path).slice(0, 200);
    const { method, status } = ctx;
    trail.add({ at: new Date().toISOString(), who: actor, method, route, what, status, requestId });
  };
}
