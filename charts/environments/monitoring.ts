import type { Resources } from '../services/service.ts';
import type { AddressRange, Peer } from './peer.ts';

/** How the environment is watched. */
export type Monitoring = { readonly kind: 'off' } | StandaloneMonitoring | OperatorMonitoring;

/** Built-in APIs only: Prometheus, Alertmanager, kube-state-metrics, Grafana in `<namespace>-monitoring`. */
export interface StandaloneMonitoring {
  readonly kind: 'standalone';
  /** Days of metrics; longer than the error budget's 30 days, or the budget could not be counted. */
  readonly retentionDays: number;
  readonly prometheusSize: PrometheusSize;
  /** Class of every volume here; null for the cluster's default. */
  readonly storageClass: string | null;
  readonly grafana: boolean;
  readonly jaeger: boolean;
  /** Where people open Grafana; links of alerts lead there. `http://localhost:3000` when they forward its port. */
  readonly grafanaUrl: string;
  readonly mail: Mail;
  /** Where the API server is, behind its Service too: discovery and kube-state-metrics read it, and no selector can name it. */
  readonly apiServer: readonly AddressRange[];
  /** cert-manager's pods and the Service that shows their metrics; null where nothing watches certificates. */
  readonly certManager: (Peer & { readonly service: string; readonly port: number }) | null;
}

/** What Prometheus gets; it grows with the number of pods that are scraped. */
export interface PrometheusSize {
  readonly storageGi: number;
  readonly requests: Resources;
  readonly limits: Resources;
}

/** Objects for an installed Prometheus Operator, in the addons. */
export interface OperatorMonitoring {
  readonly kind: 'operator';
  /** Value of the label `release` by which the operator's Prometheus selects rules and monitors. */
  readonly release: string;
  /** The pods of the operator's Prometheus, which must reach the metrics ports. */
  readonly prometheus: Peer;
  /** Where people open the cluster's Grafana; links of alerts lead there. */
  readonly grafanaUrl: string;
  readonly mail: Mail;
}

/** How alerts reach people. The password is a file from a secret. */
export interface Mail {
  readonly host: string;
  /** A port that speaks STARTTLS: 587. */
  readonly port: number;
  /** Where the host may be found: no selector can name a server outside the cluster. */
  readonly addresses: readonly AddressRange[];
  readonly user: string;
  readonly sender: string;
  /** Who is woken up. */
  readonly page: readonly string[];
  /** Who looks at it in working hours. */
  readonly ticket: readonly string[];
  /** A mailbox that raises the alarm when the watchdog's mail stops coming; null where nobody offers one. */
  readonly heartbeat: string | null;
}
