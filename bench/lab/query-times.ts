import { QuoteIndex } from '../../app/src/services/search/quote-index.ts';
import { stamp } from '../../app/src/stores/record.ts';
import { corpus, unlikeSearches } from './corpus.ts';

/** What the index alone costs: no HTTP, no Redis. */
export interface QueryTimes {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly buildSeconds: number;
  /** The longest that the event loop was held while the index was built. */
  readonly longestStepMs: number;
}

/** As many as the snapshot brings in one step. */
const STEP = 500;
const PASSES = 5;
const LIMIT = 20;

async function build(count: number): Promise<{ index: QuoteIndex; steps: number[] }> {
  const index = new QuoteIndex();
  const steps: number[] = [];
  let step: Buffer[] = [];
  const put = () => {
    const begin = performance.now();
    for (const json of step) index.putStored(json);
    steps.push(performance.now() - begin);
    step = [];
  };
  const createdAt = '2026-01-01T00:00:00.000Z';
  for (const quote of corpus(count)) {
    step.push(Buffer.from(stamp({ ...quote, createdAt, updatedAt: createdAt }).json));
    if (step.length === STEP) put();
  }
  put();
  await index.settle();
  return { index, steps };
}

const SEARCHES = 2_000;

/** Each search counts, none is the best of several; other signs follow its words in each pass, so that no answer was kept. The first pass warms up. */
function times(index: QuoteIndex): number[] {
  const durations = unlikeSearches(SEARCHES * (PASSES + 1)).map((keyword) => {
    const begin = performance.now();
    index.search(keyword, LIMIT);
    return performance.now() - begin;
  });
  return durations.slice(SEARCHES).sort((a, b) => a - b);
}

const { index, steps } = await build(Number(process.argv[2]));
const sorted = times(index);
const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
const result: QueryTimes = {
  p50Ms: at(0.5),
  p99Ms: at(0.99),
  maxMs: at(1),
  buildSeconds: steps.reduce((sum, step) => sum + step, 0) / 1_000,
  longestStepMs: Math.max(...steps),
};
console.log(JSON.stringify(result));
