import { COMMON_PATHS, type ServiceName } from '../../../../contract.ts';
import { kept } from '../calls/kept.ts';
import { type Failure, failureOf } from '../calls/policies.ts';
import type { ServiceClient } from '../calls/service-client.ts';
import { type OpenApi, openApiSchema } from './openapi.ts';

/** How long a document is shown before it is asked for again: it changes with a release only. */
const FRESH_MS = 30_000;

export interface Chapter {
  readonly client: ServiceClient;
  readonly service: ServiceName;
  /** @default - never had one */
  readonly document?: OpenApi | undefined;
  /** Why the last question was not answered. @default - it was */
  readonly failure?: Failure | undefined;
}

/** The documents of all services; of one that is down the last one. @param now see kept() */
export function library(clients: readonly ServiceClient[], now?: () => number): () => Promise<readonly Chapter[]> {
  const freshMs = ({ failure }: Chapter) => (failure === undefined ? FRESH_MS : 0);
  const asked = clients.map((client) => kept({ ask: (before) => chapterOf(client, before), freshMs, now }));
  return () => Promise.all(asked.map((ask) => ask()));
}

async function chapterOf(client: ServiceClient, before?: Chapter): Promise<Chapter> {
  const { service } = client;
  try {
    const document = await client.read({ path: COMMON_PATHS.openapi, schema: openApiSchema, trace: {} });
    return { client, service, document };
  } catch (error) {
    return { client, service, document: before?.document, failure: failureOf(error) };
  }
}
