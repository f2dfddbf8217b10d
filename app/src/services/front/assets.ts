import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import * as z from 'zod';
import { FRONT_PATHS } from '../../../contract.ts';
import { HttpProblem } from '../../http/problem.ts';
import { type HttpContext, type Route, route } from '../../http/route.ts';
import { ROUTES } from './links.ts';

export interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  /** Compressed forms by content coding, made when they are first asked for; fonts have none, for they are compressed already. */
  readonly coded: Readonly<Record<'br' | 'gzip', () => Promise<Buffer>>> | undefined;
}

/** Every file that is served: a list, not a folder, so that no name of a request ever reaches the file system. What a style sheet names comes before it. */
const TYPES = {
  'icon.svg': 'image/svg+xml',
  'eb-garamond.woff2': 'font/woff2',
  'eb-garamond-italic.woff2': 'font/woff2',
  'eb-garamond.LICENSE.txt': 'text/plain; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
} as const;
export type AssetName = keyof typeof TYPES;

/** The folder stands beside this file in the sources and beside the bundle in the image. */
const FOLDER = new URL('./assets/', import.meta.url);

/** The typeface is a package, which the image has beside the bundle. */
const TYPEFACE = '@fontsource-variable/eb-garamond';
const OF_TYPEFACE: Readonly<Record<string, string>> = {
  'eb-garamond.woff2': 'files/eb-garamond-latin-wght-normal.woff2',
  'eb-garamond-italic.woff2': 'files/eb-garamond-latin-wght-italic.woff2',
  'eb-garamond.LICENSE.txt': 'LICENSE',
};

export function readAsset(name: AssetName): Buffer {
  const file = OF_TYPEFACE[name];
  const packages = createRequire(import.meta.url);
  return readFileSync(file === undefined ? new URL(name, FOLDER) : packages.resolve(`${TYPEFACE}/${file}`));
}

export function loadAssets(): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const [name, type] of Object.entries(TYPES)) {
    const file = readAsset(name as AssetName);
    assets.set(name, toAsset(type, type.startsWith('text/css') ? versionUrls(file, assets) : file));
  }
  return assets;
}

/** The fonts' addresses in a style sheet are those that the page preloads. */
function versionUrls(css: Buffer, assets: ReadonlyMap<string, Asset>): Buffer {
  return Buffer.from(css.toString().replace(/url\("([\w.-]+)"\)/g, (_, name) => `url("${assetLink(assets, name)}")`));
}

function toAsset(type: string, plain: Buffer): Asset {
  const etag = createHash('sha256').update(plain).digest('base64url').slice(0, 12);
  const coded = { br: once(() => promisify(brotliCompress)(plain)), gzip: once(() => promisify(gzip)(plain)) };
  return { type, etag, plain, coded: type.startsWith('font/') ? undefined : coded };
}

/** A failure is not kept: the next who asks tries again. */
function once(make: () => Promise<Buffer>): () => Promise<Buffer> {
  let made: Promise<Buffer> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}

/** Address that changes with the content, so that browsers may keep it for ever. */
export function assetLink(assets: ReadonlyMap<string, Asset>, name: AssetName): string {
  return `${FRONT_PATHS.assets}/${name}?v=${assets.get(name)?.etag ?? ''}`;
}

const FOR_EVER = 'public, max-age=31536000, immutable';

export function assetRoute(assets: ReadonlyMap<string, Asset>): Route {
  return route({
    method: 'GET',
    path: ROUTES.asset,
    internal: true,
    summary: 'Style, fonts, icon',
    params: z.object({ name: z.string() }),
    query: z.object({ v: z.string().optional() }),
    responses: { 200: { description: 'The file' } },
    async handle(ctx, { params, query }) {
      const asset = assets.get(params.name);
      if (asset === undefined) throw new HttpProblem(404);
      // While two versions are rolled over, a page of one may ask the other: what is not the file it meant must not be kept.
      ctx.set('Cache-Control', query.v === asset.etag ? FOR_EVER : 'no-cache');
      await send(ctx, asset);
    },
  });
}

async function send(ctx: HttpContext, asset: Asset): Promise<void> {
  ctx.vary('Accept-Encoding');
  const coding = asset.coded && ctx.acceptsEncodings('br', 'gzip', 'identity');
  const coded = coding === 'br' || coding === 'gzip' ? await asset.coded?.[coding]() : undefined;
  if (coded !== undefined) ctx.set('Content-Encoding', String(coding));
  ctx.body = coded ?? asset.plain;
  ctx.set('Content-Type', asset.type);
  ctx.etag = coded === undefined ? asset.etag : `${asset.etag}-${coding}`;
}
