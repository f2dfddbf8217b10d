/** Redis is away, slow, full or not replicated: the client is told to come back, and nothing of the cause. */
export class StoreUnavailable extends Error {
  /** A failover takes seconds; a client that waits this long has a fair chance. */
  readonly retryAfterSeconds = 2;

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreUnavailable';
  }
}

/**
 * The reply of Redis, or what its absence means to a caller.
 * @throws StoreUnavailable for every failure: a command that our own stores send is never the client's mistake
 */
export async function ask<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (error) {
    throw error instanceof StoreUnavailable ? error : new StoreUnavailable('The store does not answer.', error);
  }
}
