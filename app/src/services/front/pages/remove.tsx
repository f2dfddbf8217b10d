import type { Route } from '../../../http/route.ts';
import { RefusedError } from '../calls/policies.ts';
import type { Quote } from '../calls/quotes-api.ts';
import { Proof } from '../forms.tsx';
import { Layout, type NoticeText, sendPage } from '../layout.tsx';
import { quoteLink, ROUTES, removeLink } from '../links.ts';
import { formRoute, leadTo, pageRoute, shownAgain } from '../page-routes.ts';
import { QuoteCaption, typeset } from '../quote-parts.tsx';
import { useView } from '../view.ts';
import { type FrontKit, proofSchema, traceOf } from '../visits.ts';
import { idParams, quoteOf } from './quote.tsx';

export function removeFormRoute(kit: FrontKit): Route {
  return pageRoute({
    path: ROUTES.remove,
    summary: 'Ask before a quote is removed',
    params: idParams,
    async handle(ctx, { params }) {
      const quote = await quoteOf(kit, ctx, params.id);
      await sendPage(ctx, kit.visits.known(ctx), <RemovePage quote={quote} />);
    },
  });
}

/** Removes and leads to the list, or asks again with the reason. */
export function removeRoute(kit: FrontKit): Route {
  return formRoute(kit, {
    path: ROUTES.remove,
    summary: 'Remove a quote',
    params: idParams,
    body: proofSchema,
    async handle(ctx, { params: { id }, body }) {
      const quote = await quoteOf(kit, ctx, id);
      const refusal = await kit.visits.write(ctx, body, (key) => kit.quotes.remove(id, key, traceOf(ctx)));
      const view = kit.visits.known(ctx);
      const error = refusal !== undefined && 'error' in refusal ? refusal.error : undefined;
      // Gone already: what was wanted is so.
      if (refusal === undefined || (error instanceof RefusedError && error.status === 404))
        return leadTo(ctx, `${ROUTES.browse}?done=removed`);
      const { status, problems, notice } = shownAgain(refusal, view);
      const page = <RemovePage quote={quote} keyProblem={problems?.['key']} notice={notice} />;
      await sendPage(ctx, view, page, status);
    },
  });
}

interface RemovePageProps {
  readonly quote: Quote;
  /** What is wrong with the key. @default - nothing */
  readonly keyProblem?: string | undefined;
  readonly notice?: NoticeText | undefined;
}

function RemovePage({ quote, keyProblem, notice }: RemovePageProps) {
  const { title, description, question, submit, keep } = useView().t.remove;
  return (
    <Layout head={{ title, description, path: removeLink(quote.id), indexed: false }} notice={notice}>
      <div class="measure">
        <h1>{question}</h1>
        <figure class="empty" dir="auto" lang={quote.language ?? undefined}>
          <blockquote class="words">
            <p>{typeset(quote.text)}</p>
          </blockquote>
          <QuoteCaption quote={quote} />
        </figure>
        <form class="form" action={removeLink(quote.id)} method="post">
          <Proof problem={keyProblem} />
          <p class="actions">
            <button class="button" type="submit">
              {submit}
            </button>
            <a href={quoteLink(quote.id)}>{keep}</a>
          </p>
        </form>
      </div>
    </Layout>
  );
}
