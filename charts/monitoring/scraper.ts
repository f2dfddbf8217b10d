import { selectorLabels } from '../constructs/labels.ts';
import type { Environment } from '../environments/environment.ts';
import type { Peer } from '../environments/peer.ts';

/** The pods that scrape this environment; null where nobody watches. */
export function scraperOf({ namespace, monitoring }: Environment): Peer | null {
  switch (monitoring.kind) {
    case 'off':
      return null;
    case 'standalone':
      return {
        namespace: `${namespace}-monitoring`,
        podLabels: selectorLabels('prometheus', `${namespace}-monitoring`),
      };
    case 'operator':
      return monitoring.prometheus;
  }
}
