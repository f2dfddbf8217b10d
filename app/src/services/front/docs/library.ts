import { COMMON_PATHS, type ServiceName } from '../../../../contract.ts';
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

/** The documents of all services; of one that is down the last one. @param now milliseconds that no change of the clock moves */
export function library(
  clients: readonly ServiceClient[],
  now = () => performance.now(),
): () => Promise<readonly Chapter[]> {
  const asked = clients.map((client) => kept(client, now));
  return () => Promise.all(asked.map((ask) => ask()));
}

/** Asks a service once in a while, and once at a time: people who reload must not multiply into calls. */
function kept(client: ServiceClient, now: () => number): () => Promise<Chapter> {
  let asked: Promise<Chapter> | undefined;
  let chapter: Chapter | undefined;
  let until = 0;
  const renew = async () => {
    chapter = await chapterOf(client, chapter);
    until = now() + (chapter.failure === undefined ? FRESH_MS : 0);
    asked = undefined;
    return chapter;
  };
  return async () => {
    if (asked === undefined && chapter !== undefined && now() < until) return chapter;
    asked ??= renew();
    return await asked;
  };
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
