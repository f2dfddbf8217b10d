import * as z from 'zod';
import { HttpProblem } from '../../../http/problem.ts';
import { type HttpContext, type Route, route } from '../../../http/route.ts';
import type { Asset } from '../assets.ts';
import { ROUTES } from '../links.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';

/** Style, fonts, icon. */
export function assetRoute(assets: ReadonlyMap<string, Asset>): Route {
  return route({
    method: 'GET',
    path: ROUTES.asset,
    internal: true,
    summary: 'Style, fonts, icon',
    params: z.object({ name: z.string() }),
    query: z.object({ v: z.string().optional() }),
    responses: { 200: { description: 'The file' } },
    handle(ctx, { params, query }) {
      const asset = assets.get(params.name);
      if (asset === undefined) throw new HttpProblem(404);
      // While two versions are rolled over, a page of one may ask the other: what is not the file it meant must not be kept.
      ctx.set('Cache-Control', query.v === asset.etag ? FOR_EVER : 'no-cache');
      send(ctx, asset);
    },
  });
}

function send(ctx: HttpContext, asset: Asset): void {
  ctx.vary('Accept-Encoding');
  const coding = asset.coded && ctx.acceptsEncodings('br', 'gzip', 'identity');
  const coded = coding === 'br' || coding === 'gzip' ? asset.coded?.[coding] : undefined;
  if (coded !== undefined) ctx.set('Content-Encoding', String(coding));
  ctx.body = coded ?? asset.plain;
  ctx.set('Content-Type', asset.type);
  ctx.etag = coded === undefined ? asset.etag : `${asset.etag}-${coding}`;
}
