import type { Registry } from 'prom-client';
import { METRICS } from '../../../contract.ts';
import { gauge } from '../../runtime/metrics.ts';
import { allReady } from '../../runtime/readiness.ts';
import type { ServiceModule } from '../../runtime/service.ts';
import { ChangeFeed } from '../../stores/change-feed.ts';
import { openReads } from '../../stores/connection.ts';
import { collectionKeys } from '../../stores/keys.ts';
import { ReadBatcher } from '../../stores/read-batcher.ts';
import { StoreUnavailable } from '../../stores/store-unavailable.ts';
import { IndexFollower } from './index-follower.ts';
import type { QuoteIndex } from './quote-index.ts';
import { searchRoutes } from './search-routes.ts';

export const search: ServiceModule = {
  message: 'Search over the quotes: ranked, without regard to accents and case',
  start(context) {
    const link = openReads(context, 'quotes');
    const follower = new IndexFollower({ feed: new ChangeFeed(link, 'quotes'), log: context.log }).start();
    const records = new ReadBatcher(link, collectionKeys('quotes').data);
    exportState(context.registry, follower);
    return {
      routes: searchRoutes({ index: () => builtIndex(follower), records }),
      readiness: () => allReady(follower.readiness(), link.health.readiness()),
      close() {
        follower.stop();
        return link.close();
      },
    };
  },
};

/** @throws StoreUnavailable before the first index is built: that nothing was found would be a wrong answer */
function builtIndex(follower: IndexFollower): QuoteIndex {
  const state = follower.readiness();
  if (!state.ready) throw new StoreUnavailable(`Nothing can be found yet: ${state.reason}.`);
  return follower.index;
}

function exportState(registry: Registry, follower: IndexFollower): void {
  gauge(registry, METRICS.searchLag, 'Seconds between a change in the stream and its arrival in this index.', () =>
    follower.lagSeconds(),
  );
  gauge(
    registry,
    METRICS.searchSkipped,
    'Quotes and changes that this process could not read and left out.',
    () => follower.skipped,
  );
  gauge(registry, METRICS.searchDocuments, 'Quotes in this index.', () => follower.index.size);
}
