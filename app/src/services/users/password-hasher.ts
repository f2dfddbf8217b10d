import { unavailable } from '../../http/problem.ts';
import { loadedLate } from '../../runtime/process-events.ts';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. About 12 ms of a core. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes under way or waiting for a thread: beyond it a client waits too long and the memory adds up. */
const MAX_PENDING = 32;

/** Hashes passwords on the thread pool, never on the event loop, and only so many at once. */
export class PasswordHasher {
  readonly #maxPending: number;
  #pending = 0;

  constructor(maxPending: number = MAX_PENDING) {
    this.#maxPending = maxPending;
  }

  /** @throws HttpProblem 503 when too many hashes are pending */
  async hash(password: string): Promise<string> {
    if (this.#pending >= this.#maxPending) throw unavailable('Too many users are being added at once.', 1);
    this.#pending++;
    try {
      // With the first password: a process of which nobody wants a user starts sooner and holds less without it.
      const { hash } = await loadedLate(import('@node-rs/argon2'));
      return await hash(password, ARGON2ID);
    } finally {
      this.#pending--;
    }
  }
}
