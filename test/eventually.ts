export interface EventuallyOptions {
  /** @default 10000 */
  readonly withinMs?: number;
  /** Between two tries: longer where each starts a program. @default 20 */
  readonly everyMs?: number;
}

/** Waits until `check` resolves, trying again and again; after the bound, its last error is thrown. */
export async function eventually<T>(
  check: () => Promise<T> | T,
  { withinMs = 10_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
