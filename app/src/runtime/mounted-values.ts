/** Longest time in ms between a change of a mounted file and its effect, beside what the kubelet itself takes. */
const REREAD_EVERY_MS = 2_000;

/** What mounted files say. They are read again and again, so that a rotation needs no restart; the last good values stay in use. */
export abstract class MountedValues<T> {
  readonly #onError: (error: Error) => void;
  readonly #listeners = new Set<(values: T) => void>();
  #values: T;
  #timer: NodeJS.Timeout | undefined;
  #reported = '';

  /**
   * @param values what the files say at the start: a process without them fails there
   * @param onError called when the files cannot be read or taken any more, once for each reason
   */
  constructor(values: T, onError: (error: Error) => void) {
    this.#values = values;
    this.#onError = onError;
  }

  /** Reads the files. `problem` is what keeps a part of them from being taken; '' where nothing does. */
  protected abstract read(): Promise<{ readonly values: T; readonly problem: string }>;

  get current(): T {
    return this.#values;
  }

  /** Calls back whenever a value has changed. */
  onChange(listener: (values: T) => void): void {
    this.#listeners.add(listener);
  }

  watch(intervalMs: number = REREAD_EVERY_MS): void {
    this.#timer = setInterval(() => void this.reread(), intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async reread(): Promise<void> {
    try {
      const { values, problem } = await this.read();
      this.#report(problem);
      if (JSON.stringify(values) === JSON.stringify(this.#values)) return;
      this.#values = values;
      for (const listener of this.#listeners) listener(values);
    } catch (error) {
      this.#report(error instanceof Error ? error.message : String(error));
    }
  }

  #report(reason: string): void {
    if (reason !== '' && reason !== this.#reported) this.#onError(new Error(reason));
    this.#reported = reason;
  }
}
