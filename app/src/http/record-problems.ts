import type { Accepts } from '../stores/record.ts';
import { HttpProblem } from './problem.ts';

/** The 404 of a record; `id` was validated, so it may be repeated. */
export function notFound(kind: string, id: string): HttpProblem {
  return new HttpProblem(404, { detail: `There is no ${kind} '${id}'.` });
}

/** The 409 of a new record whose id is taken. */
export function idTaken(kind: string, id: string | undefined): HttpProblem {
  return new HttpProblem(409, { detail: `There is already a ${kind} '${id ?? ''}'; choose another id or replace it.` });
}

/** The 412 of a writer whose condition does not hold, and the 409 of one who set none and met another writer. */
export function changedMeanwhile(accepts: Accepts | undefined): HttpProblem {
  const status = accepts === undefined ? 409 : 412;
  return new HttpProblem(status, { detail: 'It has changed meanwhile; read it again before you write.' });
}
