import type * as z from 'zod';
import type { PageQuery } from '../api/page.ts';
import type { PageOptions } from '../stores/collection.ts';
import { decodeCursor } from '../stores/ids.ts';
import { HttpProblem } from './problem.ts';

/** What a store needs for a page. @throws HttpProblem 400 for a cursor that we did not make */
export function pageOptions({ limit, cursor }: z.output<typeof PageQuery>): PageOptions {
  if (cursor === undefined) return { limit };
  const after = decodeCursor(cursor);
  if (after !== undefined) return { limit, after };
  const errors = [{ in: 'query', name: 'cursor', message: "must be the 'next' of an earlier page" }] as const;
  throw new HttpProblem(400, { detail: 'The request is not valid; see errors.', errors });
}
