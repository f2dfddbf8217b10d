import { Redis } from 'ioredis';
import { collectionKeys } from '../../app/src/stores/keys.ts';
import { stamp } from '../../app/src/stores/record.ts';
import { type CorpusQuote, corpus } from './corpus.ts';

const BATCH = 1_000;

/** Empties Redis and fills it with the same quotes in the layout of every contender that is asked for. */
export async function loadStore(
  redisUrl: string,
  count: number,
  layouts: readonly ('ours' | 'peers')[],
): Promise<void> {
  const redis = new Redis(redisUrl);
  await redis.flushall();
  let batch: CorpusQuote[] = [];
  const flush = async () => {
    const pipeline = redis.pipeline();
    if (layouts.includes('ours')) addOurs(pipeline, batch);
    if (layouts.includes('peers')) addPeers(pipeline, batch);
    await pipeline.exec();
    batch = [];
  };
  for (const quote of corpus(count)) {
    batch.push(quote);
    if (batch.length === BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  if (layouts.includes('ours')) await redis.set(collectionKeys('quotes').version, count);
  await redis.quit();
}

type Pipeline = ReturnType<Redis['pipeline']>;

function addOurs(pipeline: Pipeline, quotes: readonly CorpusQuote[]): void {
  const { data, ids } = collectionKeys('quotes');
  add(pipeline, data, ids, quotes, asOurs);
}

/** Who sends what is stored has the same bytes as ours; the original keeps its own. */
function addPeers(pipeline: Pipeline, quotes: readonly CorpusQuote[]): void {
  add(pipeline, 'fastify:quotes', 'fastify:ids', quotes, asOurs);
  add(pipeline, 'flask:quotes', 'flask:ids', quotes, JSON.stringify);
}

const CREATED_AT = '2026-01-01T00:00:00.000Z';
const asOurs = (quote: CorpusQuote) => stamp({ ...quote, createdAt: CREATED_AT, updatedAt: CREATED_AT }).json;

function add(
  pipeline: Pipeline,
  data: string,
  ids: string,
  quotes: readonly CorpusQuote[],
  text: (quote: CorpusQuote) => string,
): void {
  pipeline.hset(data, new Map(quotes.map((quote) => [quote.id, text(quote)])));
  pipeline.zadd(ids, ...quotes.flatMap(({ id }) => [0, id]));
}
