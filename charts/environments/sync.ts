/** How the environment follows the repository: read by Argo CD's project and applications. */
export interface Sync {
  /** API server of the cluster that it runs in, as Argo CD knows it; `https://kubernetes.default.svc` is Argo CD's own. */
  readonly server: string;
  /** Branch or tag that is followed. */
  readonly revision: string;
  /** When changes may arrive by themselves; none means always. A denied change waits, and so does self-healing. */
  readonly windows: readonly SyncWindow[];
}

/** A recurring time in which synchronisation is allowed or denied. */
export interface SyncWindow {
  readonly kind: 'allow' | 'deny';
  /** Cron expression of its begin, in `timeZone`. */
  readonly schedule: string;
  /** How long it lasts, in Go's notation: `62h`. */
  readonly duration: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Whether a person may synchronise all the same, for a rollback above all. */
  readonly manualSync: boolean;
}

/** The cluster that Argo CD itself runs in. */
export const OWN_CLUSTER = 'https://kubernetes.default.svc';
