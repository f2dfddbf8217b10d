import type { HttpProblem } from '../../http/problem.ts';
import type { ProblemRenderer } from '../../http/respond-problem.ts';
import { pathOf } from '../../http/well-formed.ts';
import { Layout, sendPlainPage } from './layout.tsx';
import { ROUTES } from './links.ts';
import { PageProblem, useView, type View } from './view.ts';
import type { Visits } from './visits.ts';

/** Problems as pages, for those who came for a page; programs get their JSON. */
export function problemPages(visits: Visits): ProblemRenderer {
  return (ctx, problem) => {
    if (ctx.accepts('json', 'html') !== 'html') return false;
    const view = visits.known(ctx);
    const requestId = problem.status >= 500 ? ctx.state.requestId : undefined;
    const page = <MessagePage path={pathOf(ctx) ?? ctx.url} problem={problem} requestId={requestId} />;
    sendPlainPage(ctx, view, page, problem.status);
    return true;
  };
}

interface MessagePageProps {
  readonly path: string;
  readonly problem: HttpProblem;
  /** By which the log of this request is found. @default - not shown */
  readonly requestId?: string | undefined;
}

/** A page with nothing but a message: not found, a service down, a mistake of ours. */
function MessagePage({ path, problem, requestId }: MessagePageProps) {
  const view = useView();
  const { t } = view;
  const { status } = problem;
  const title = t.problem.titles[status] ?? (status < 500 ? t.problem.yours : t.problem.ours);
  return (
    <Layout head={{ title, description: title, path, indexed: false }}>
      <div class="measure">
        <h1>{title}</h1>
        <div class="empty">
          {linesOf(problem, view).map((line) => (
            <p key={line}>{line}</p>
          ))}
          <p class="actions">
            <a class="button" href={ROUTES.home}>
              {t.problem.beginning}
            </a>
            <a href={ROUTES.browse}>{t.quote.all}</a>
          </p>
        </div>
        {requestId && (
          <p class="hint">
            {t.problem.request} <code>{requestId}</code>
          </p>
        )}
      </div>
    </Layout>
  );
}

/** What happened and what to do. The details of problems that are not ours are in English. */
function linesOf(problem: HttpProblem, { t, language }: View): readonly string[] {
  const faults = problem.errors.map(({ name, message }) => `${name}: ${t.fault(message)}`);
  const detail = language === 'en' || problem instanceof PageProblem ? problem.detail : undefined;
  // The detail of a list of faults only points at the list.
  const reasons = faults.length > 0 ? faults : [detail];
  return [...reasons, t.problem.advice[problem.status]].filter((line) => line !== undefined);
}
