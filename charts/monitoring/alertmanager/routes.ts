import type { Mail } from '../../plan/environment.ts';

/** Who hears of an alert, by what it is. */
export interface Route {
  readonly receiver: string;
  /** Alertmanager's matchers; all must hold. */
  readonly matchers: readonly string[];
  /** How long a first mail waits for others of its group, how soon news of the group follow, how often it is sent again. */
  readonly groupWait: string;
  readonly groupInterval: string;
  readonly repeatInterval: string;
}

/** One mail for one incident: everything of one service and severity together. */
export const GROUP_BY = ['environment', 'service', 'severity'] as const;

/** Receives nothing: an end for alerts that nobody wants. */
export const NOBODY = 'nobody';

/** From the most special to the most general; the last takes what is left. */
export function routesOf(mail: Mail): Route[] {
  return [
    {
      receiver: mail.heartbeat === null ? NOBODY : 'heartbeat',
      matchers: ['alertname="Watchdog"'],
      groupWait: '0s',
      groupInterval: '1m',
      repeatInterval: '15m',
    },
    {
      receiver: 'page',
      matchers: ['severity="critical"'],
      // A cause may be read and judged later than its effect, by an interval each: it comes in time to hide it.
      groupWait: '30s',
      groupInterval: '2m',
      repeatInterval: '1h',
    },
    { receiver: 'ticket', matchers: [], groupWait: '1m', groupInterval: '10m', repeatInterval: '1d' },
  ];
}

/** Recipients by receiver. */
export function receiversOf(mail: Mail): { name: string; to: readonly string[] }[] {
  return [
    { name: 'page', to: mail.page },
    { name: 'ticket', to: mail.ticket },
    mail.heartbeat === null ? { name: NOBODY, to: [] } : { name: 'heartbeat', to: [mail.heartbeat] },
  ];
}
