import * as z from 'zod';
import { type HttpContext, type Route, route } from '../../../http/route.ts';
import { RefusedError } from '../calls/call-error.ts';
import { type FrontKit, traceOf } from '../front-kit.ts';
import { ROUTES } from '../links.ts';
import { askAgain, outageNotice } from '../outages.ts';
import { RemovePage, type RemovePageProps } from '../pages/remove.tsx';
import { isWrongKey, WRONG_KEY } from '../refusals.ts';
import { sendPage } from '../send-page.ts';
import { idParams, quoteOf } from './quote.tsx';

/** Asks whether, and for the key. */
export function removeFormRoute(kit: FrontKit): Route {
  return route({
    method: 'GET',
    path: ROUTES.remove,
    internal: true,
    summary: 'Ask before a quote is removed',
    params: idParams,
    responses: { 200: { description: 'A page' } },
    async handle(ctx, { params }) {
      await sendPage(ctx, <RemovePage site={kit.site} quote={await quoteOf(kit, ctx, params.id)} />);
    },
  });
}

/** Removes and leads to the list, or asks again with the reason. */
export function removeRoute(kit: FrontKit): Route {
  return route({
    method: 'POST',
    path: ROUTES.remove,
    internal: true,
    summary: 'Remove a quote',
    params: idParams,
    body: z.object({ key: z.string().default('') }),
    bodyFormat: 'form',
    responses: { 303: { description: 'Removed' } },
    async handle(ctx, { params, body }) {
      const quote = await quoteOf(kit, ctx, params.id);
      const refusal = await remove(kit, ctx, { id: params.id, key: body.key });
      if (refusal !== undefined)
        await sendPage(ctx, <RemovePage site={kit.site} quote={quote} {...refusal.props} />, refusal.status);
    },
  });
}

interface Refusal {
  readonly status: number;
  readonly props: Pick<RemovePageProps, 'keyProblem' | 'notice'>;
}

async function remove(
  kit: FrontKit,
  ctx: HttpContext,
  { id, key }: { id: string; key: string },
): Promise<Refusal | undefined> {
  try {
    await kit.quotes.remove(id, key, traceOf(ctx));
  } catch (error) {
    if (isWrongKey(error)) return { status: 403, props: { keyProblem: WRONG_KEY } };
    // Gone already: what was wanted is so.
    if (!(error instanceof RefusedError && error.status === 404)) {
      const notice = outageNotice(error);
      askAgain(ctx);
      return { status: 503, props: { notice } };
    }
  }
  ctx.status = 303;
  ctx.redirect(`${ROUTES.browse}?done=removed`);
  return undefined;
}
