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
  const createdAt = '2026-01-01T00:00:00.000Z';
  const records = quotes.map((quote) => [quote.id, stamp({ ...quote, createdAt, updatedAt: createdAt }).json] as const);
  pipeline.hset(data, new Map(records.map(([id, json]) => [id, json])));
  pipeline.zadd(ids, ...quotes.flatMap(({ id }) => [0, id]));
}

function addPeers(pipeline: Pipeline, quotes: readonly CorpusQuote[]): void {
  for (const peer of ['flask', 'fastify']) {
    pipeline.hset(`${peer}:quotes`, new Map(quotes.map((quote) => [quote.id, JSON.stringify(quote)])));
    pipeline.zadd(`${peer}:ids`, ...quotes.flatMap(({ id }) => [0, id]));
  }
}
