/**
 * One load for all callers of the same key within one turn of the event loop. Callers of a later turn load again:
 * who reads after a write was acknowledged must see it, so nobody joins a load that may have begun before.
 */
export class TickShare<V> {
  readonly #loads = new Map<string, Promise<V>>();

  /** The value of `key`; `load` runs at the end of this turn, once. */
  get(key: string, load: () => Promise<V>): Promise<V> {
    const shared = this.#loads.get(key);
    if (shared !== undefined) return shared;
    const loading = endOfTurn().then(() => {
      this.#loads.delete(key);
      return load();
    });
    this.#loads.set(key, loading);
    return loading;
  }
}

/** After all requests that have already arrived were looked at. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
