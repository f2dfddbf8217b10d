import type { Readiness } from './readiness.ts';

/** V8's own function, where the process was started with `--expose-gc`, as it is in the image. */
type Collect = NodeJS.GCFunction | undefined;

/**
 * Takes back what a start leaves behind, once, after the first probe that finds the service ready: clients come when that
 * answer has spread. V8 collects where much is allocated, so that a process which idles from its start on would keep 10 MiB for good.
 */
export function collectOnceReady(readiness: () => Readiness, collect: Collect = globalThis.gc): () => Readiness {
  let isCollected = collect === undefined;
  return () => {
    const state = readiness();
    if (state.ready && !isCollected) {
      isCollected = true;
      // After the probe's answer. Only this kind gives memory back to the system.
      setImmediate(() => collect?.({ type: 'major', flavor: 'last-resort' }));
    }
    return state;
  };
}
