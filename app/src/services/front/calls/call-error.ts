import type { ServiceName } from '../../../../contract.ts';

/** Why a service gave no usable answer; each has its own sentence on the page. */
export type Failure = 'unreachable' | 'timeout' | 'overloaded' | 'resting' | 'failing';

/** The service did not answer, or answered that it cannot: nothing that the person did. */
export class ServiceDownError extends Error {
  readonly service: ServiceName;
  readonly failure: Failure;

  constructor(service: ServiceName, failure: Failure, options?: ErrorOptions) {
    super(`${service}: ${SENTENCES[failure]}`, options);
    this.name = 'ServiceDownError';
    this.service = service;
    this.failure = failure;
  }

  /** The reason for a person, without a name in front: `does not answer in time`. */
  get reason(): string {
    return SENTENCES[this.failure];
  }
}

const SENTENCES: Readonly<Record<Failure, string>> = {
  unreachable: 'cannot be reached',
  timeout: 'does not answer in time',
  overloaded: 'has too many requests waiting',
  resting: 'failed several times in a row and is left alone for a few seconds',
  failing: 'answers that it cannot serve at the moment',
};

/** One thing wrong with what was sent, as the services name it. */
export interface Problem {
  /** Name of the field, or empty for the whole. */
  readonly field: string;
  readonly message: string;
}

/** The service understood and refused: wrong key, missing quote, a field that is not right (4xx). */
export class RefusedError extends Error {
  readonly status: number;
  /** The service's own words. */
  readonly detail: string;
  readonly problems: readonly Problem[];

  constructor(service: ServiceName, status: number, detail: string, problems: readonly Problem[]) {
    super(`${service}: ${detail}`);
    this.name = 'RefusedError';
    this.status = status;
    this.detail = detail;
    this.problems = problems;
  }
}
