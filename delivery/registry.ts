export interface ImageReference {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** `host/path:tag@digest`, where a name without a host is Docker Hub's, and one without a folder is in `library`. */
export function parseImage(image: string): ImageReference {
  const [named = '', digest] = image.split('@');
  const [, name = '', tag] = /^(.*?)(?::([\w.-]+))?$/.exec(named) ?? [];
  const [first = '', ...rest] = name.split('/');
  if (rest.length > 0 && /[.:]|^localhost$/.test(first))
    return { registry: first, repository: path(first, rest.join('/')), tag, digest };
  return { registry: 'docker.io', repository: path('docker.io', name), tag, digest };
}

function path(registry: string, repository: string): string {
  return registry === 'docker.io' && !repository.includes('/') ? `library/${repository}` : repository;
}

/** Indexes before single manifests: the digest of an index is the one that every platform pulls by. */
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const TIMEOUT_MS = 20_000;

/** Asks registries by OCI's distribution API, as anyone or, with a user, as that one. */
export class Registries {
  readonly #authorization: string | undefined;

  /** @param login `user:password` for registries that show nothing to strangers */
  constructor(login?: string) {
    this.#authorization =
      login === undefined || login === '' ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
  }

  /** The digest that a tag or a digest leads to; undefined where the registry has no such image. */
  async digestOf(image: string): Promise<string | undefined> {
    const { registry, repository, tag, digest } = parseImage(image);
    const reference = digest ?? tag ?? 'latest';
    const response = await this.#ask(registry, `${repository}/manifests/${reference}`, 'HEAD');
    if (response.status === 404) return undefined;
    const found = response.headers.get('docker-content-digest');
    if (!response.ok || found === null)
      throw new Error(`${registry} does not say what ${image} is: it answered ${response.status}`);
    return found;
  }

  async tags(image: string): Promise<readonly string[]> {
    const { registry, repository } = parseImage(image);
    const found: string[] = [];
    let next: string | undefined = `${repository}/tags/list?n=1000`;
    while (next !== undefined) {
      const response: Response = await this.#ask(registry, next, 'GET');
      if (!response.ok) throw new Error(`${registry} lists no tags of ${repository}: it answered ${response.status}`);
      const { tags } = (await response.json()) as { readonly tags: readonly string[] | null };
      found.push(...(tags ?? []));
      next = /<\/v2\/([^>]+)>;\s*rel="?next/.exec(response.headers.get('link') ?? '')?.[1];
    }
    return found;
  }

  async #ask(registry: string, path: string, method: 'HEAD' | 'GET'): Promise<Response> {
    const url = `${baseOf(registry)}/v2/${path}`;
    const request = (authorization?: string) =>
      reached(registry, url, {
        method,
        headers: { accept: MANIFESTS, ...(authorization === undefined ? {} : { authorization }) },
      });
    const response = await request();
    if (response.status !== 401) return response;
    const challenge = response.headers.get('www-authenticate') ?? '';
    return request(/^bearer /i.test(challenge) ? await this.#token(registry, challenge) : this.#authorization);
  }

  /** What a registry asks of strangers too: a token for one question, from the address that it names. */
  async #token(registry: string, challenge: string): Promise<string> {
    const { realm = '', ...query } = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
    );
    const headers = this.#authorization === undefined ? {} : { authorization: this.#authorization };
    const response = await reached(registry, `${realm}?${new URLSearchParams(query)}`, { headers });
    const { token, access_token } = (await response.json()) as { token?: string; access_token?: string };
    return `Bearer ${token ?? access_token ?? ''}`;
  }
}

/** Docker's own exceptions: Docker Hub's API has a host of its own, and this machine is asked without encryption. */
function baseOf(registry: string): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  return `${/^(localhost|127\.0\.0\.1)(:|$)/.test(registry) ? 'http' : 'https'}://${registry}`;
}

async function reached(registry: string, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    throw new Error(`the registry ${registry} cannot be reached: ${cause instanceof Error ? cause.message : cause}`);
  }
}
