import { COMMON_PATHS, type ServiceName } from '../../../../contract.ts';
import { type Failure, failureOf } from '../calls/policies.ts';
import type { ServiceClient } from '../calls/service-client.ts';
import { type OpenApi, openApiSchema } from './openapi.ts';

/** How long a document is shown before it is asked for again: it changes with a release only. */
const FRESH_MS = 30_000;

export interface Chapter {
  readonly service: ServiceName;
  /** @default - never had one */
  readonly document?: OpenApi | undefined;
  /** Why the last question was not answered. @default - it was */
  readonly failure?: Failure | undefined;
}

interface Shelf {
  readonly client: ServiceClient;
  readonly chapter: Chapter;
  readonly askedAt: number;
}

export class Library {
  readonly #now: () => number;
  #shelves: readonly Shelf[];
  #asking: Promise<void> | undefined;

  constructor(clients: readonly ServiceClient[], now: () => number = () => performance.now()) {
    this.#now = now;
    this.#shelves = clients.map((client) => ({
      client,
      chapter: { service: client.service },
      askedAt: Number.NEGATIVE_INFINITY,
    }));
  }

  clientOf(service: ServiceName): ServiceClient | undefined {
    return this.#shelves.find(({ client }) => client.service === service)?.client;
  }

  /** Never rejects. */
  async chapters(): Promise<readonly Chapter[]> {
    // One round of questions at a time, however many pages wait for it.
    this.#asking ??= this.#refresh().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
    return this.#shelves.map(({ chapter }) => chapter);
  }

  async #refresh(): Promise<void> {
    this.#shelves = await Promise.all(this.#shelves.map((shelf) => this.#refreshOne(shelf)));
  }

  async #refreshOne(shelf: Shelf): Promise<Shelf> {
    const { client, chapter } = shelf;
    if (this.#now() - shelf.askedAt < FRESH_MS) return shelf;
    try {
      const document = await client.read({ path: COMMON_PATHS.openapi, schema: openApiSchema, trace: {} });
      return { client, chapter: { service: client.service, document }, askedAt: this.#now() };
    } catch (error) {
      return { ...shelf, chapter: { ...chapter, failure: failureOf(error) } };
    }
  }
}
