import type { HttpProblem } from '../../http/problem.ts';
import type { ProblemRenderer } from '../../http/respond-problem.ts';
import { pathOf } from '../../http/well-formed.ts';
import { MessagePage } from './pages/message.tsx';
import { sendPlainPage } from './send-page.ts';
import type { Site } from './site.ts';

/** What a person reads, by status; others fall to the class of the status. */
const TITLES: Readonly<Record<number, string>> = {
  404: 'Nothing is here',
  405: 'This cannot be done here',
  413: 'This is too long',
  503: 'One moment, please',
};

const ADVICE: Readonly<Record<number, string>> = {
  404: 'The address may be mistyped, or what stood here has been removed.',
  500: 'This is a mistake of ours. The request below is how it is found in the log.',
  503: 'It comes back by itself; try again in a few seconds.',
};

/** Problems as pages, for those who came for a page; programs get their JSON. */
export function problemPages(site: Site): ProblemRenderer {
  return (ctx, problem) => {
    if (ctx.accepts('json', 'html') !== 'html') return false;
    const { status } = problem;
    const page = (
      <MessagePage
        site={site}
        path={pathOf(ctx) ?? ctx.url}
        title={TITLES[status] ?? (status < 500 ? 'This did not work' : 'Something went wrong')}
        lines={linesOf(problem)}
        requestId={status >= 500 ? ctx.state.requestId : undefined}
      />
    );
    sendPlainPage(ctx, page, status);
    return true;
  };
}

function linesOf(problem: HttpProblem): readonly string[] {
  const faults = problem.errors.map(({ name, message }) => `${name}: ${message}`);
  // The detail of a list of faults only points at the list.
  const reasons = faults.length > 0 ? faults : [problem.detail];
  return [...reasons, ADVICE[problem.status]].filter((line) => line !== undefined);
}
