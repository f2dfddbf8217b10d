import type { MonitoringContext } from '../../plan/part.ts';

/** The scrape job of the exporters beside the Redis servers, and the label `service` of what is about them. */
export const REDIS = 'redis';

/** A series of one server, as the scrape labels it. */
export function ofServer(context: MonitoringContext, metric: string, ordinal = 0, more = ''): string {
  return `${metric}{namespace="${context.namespace}",job="${REDIS}",pod="redis-${ordinal}"${more}}`;
}
