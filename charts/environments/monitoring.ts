import type { Peer } from './peer.ts';

/** How the environment is watched. */
export type Monitoring =
  | { readonly kind: 'off' }
  | {
      /** Built-in APIs only: Prometheus, Alertmanager, kube-state-metrics, Grafana in `<namespace>-monitoring`. */
      readonly kind: 'standalone';
      readonly retentionDays: number;
      readonly prometheusStorageGi: number;
      readonly grafana: boolean;
      readonly jaeger: boolean;
    }
  | {
      /** Objects for an installed Prometheus Operator, in the addons. */
      readonly kind: 'operator';
      /** Label by which the operator's Prometheus selects rules and monitors. */
      readonly release: string;
      /** The pods of the operator's Prometheus: the policies admit them. */
      readonly prometheus: Peer;
    };
