import { unavailable } from './problem.ts';

/** Seconds after which a refused client may try again: the queue it met is gone by then. */
const RETRY_AFTER_SECONDS = 1;

export interface AdmissionProps {
  /** Requests worked on at once. */
  readonly limit: number;
  readonly onShed: () => void;
}

/**
 * Bounded concurrency: beyond capacity, a quick refusal keeps the latency of what is admitted bounded.
 * Asked after the body was read, so that a slow sender holds no place.
 */
export class Admission {
  readonly #props: AdmissionProps;
  #working = 0;

  constructor(props: AdmissionProps) {
    this.#props = props;
  }

  /** @throws HttpProblem 503 when the limit is reached; otherwise leave() must follow */
  enter(): void {
    if (this.#working >= this.#props.limit) {
      this.#props.onShed();
      throw unavailable('The service is at its capacity.', RETRY_AFTER_SECONDS);
    }
    this.#working++;
  }

  leave(): void {
    this.#working--;
  }
}
