import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { FRONT_PATHS } from '../../../contract.ts';

/** A file of the assets folder as it is sent. */
export interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  /** Compressed forms by content coding; fonts have none, for they are compressed already. */
  readonly coded: Readonly<Record<'br' | 'gzip', Buffer>> | undefined;
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

/** Reads and compresses all assets once, at start. */
export function loadAssets(): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const [name, type] of Object.entries(TYPES)) {
    const file = readFileSync(new URL(name, FOLDER));
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
  const coded = type.startsWith('font/') ? undefined : { br: brotliCompressSync(plain), gzip: gzipSync(plain) };
  return { type, etag, plain, coded };
}

/** Address that changes with the content, so that browsers may keep it for ever. */
export function assetLink(assets: ReadonlyMap<string, Asset>, name: AssetName): string {
  return `${FRONT_PATHS.assets}/${name}?v=${assets.get(name)?.etag ?? ''}`;
}
