/** Whether a process wants traffic, and if not, why. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

export const READY: Readiness = { ready: true };

export function notReady(reason: string): Readiness {
  return { ready: false, reason };
}

/** The first reason against, or ready. */
export function allReady(...all: readonly Readiness[]): Readiness {
  return all.find((one) => !one.ready) ?? READY;
}
