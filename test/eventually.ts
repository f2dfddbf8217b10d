export interface EventuallyOptions {
  /** @default 10000 */
  readonly withinMs?: number;
}

/** Waits until `check` resolves, trying again each 20 ms; after the bound, its last error is thrown. */
export async function eventually<T>(
  check: () => Promise<T> | T,
  { withinMs = 10_000 }: EventuallyOptions = {},
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
