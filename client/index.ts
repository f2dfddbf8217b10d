import createFetchClient, { type Client } from 'openapi-fetch';
import type { paths as Quotes } from './quotes.generated.ts';
import type { paths as Search } from './search.generated.ts';
import type { paths as Users } from './users.generated.ts';

export interface ClientOptions {
  /** Where the platform answers: `https://quotes.example`. */
  readonly baseUrl: string;
  /** Sent with each request. @default - none: reading quotes and searching need no key */
  readonly adminKey?: string;
}

/** The APIs behind one address, each with the paths of its own document. */
export interface PlatformClient {
  readonly quotes: Client<Quotes>;
  readonly search: Client<Search>;
  readonly users: Client<Users>;
}

/** Every call answers `{ data, error, response }`: what a status of 2xx brought, or the problem (RFC 9457). */
export function createClient({ baseUrl, adminKey }: ClientOptions): PlatformClient {
  const headers = adminKey === undefined ? {} : { authorization: `Bearer ${adminKey}` };
  return {
    quotes: createFetchClient<Quotes>({ baseUrl, headers }),
    search: createFetchClient<Search>({ baseUrl, headers }),
    users: createFetchClient<Users>({ baseUrl, headers }),
  };
}
