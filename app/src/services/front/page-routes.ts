import type * as z from 'zod';
import { type HttpContext, type Route, type RouteProps, route } from '../../http/route.ts';
import { outageNotice } from './outages.ts';
import { requireOwnForm, type View } from './view.ts';
import type { FrontKit, NotAdmitted } from './visits.ts';

type Decided = 'method' | 'internal' | 'bodyFormat' | 'responses';
type Given<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Omit<RouteProps<P, Q, B>, Decided>;

export function pageRoute<P extends z.ZodType = z.ZodUndefined, Q extends z.ZodType = z.ZodUndefined>(
  props: Given<P, Q, z.ZodUndefined>,
): Route {
  return route({ ...props, method: 'GET', internal: true, responses: { 200: { description: 'A page' } } });
}

export function formRoute<B extends z.ZodType, P extends z.ZodType = z.ZodUndefined>(
  kit: FrontKit,
  { handle, ...props }: Given<P, z.ZodUndefined, B>,
): Route {
  return route<P, z.ZodUndefined, B>({
    ...props,
    method: 'POST',
    internal: true,
    bodyFormat: 'form',
    responses: { 303: { description: 'Done' } },
    handle(ctx, input) {
      requireOwnForm(ctx, kit);
      return handle(ctx, input);
    },
  });
}

/** A form that was carried out leads on, so that a reload does not send it again. */
export function leadTo(ctx: HttpContext, address: string): void {
  ctx.status = 303;
  ctx.redirect(address);
}

/** How a form is shown again: with what is wrong with it, or with the notice of a service that is down. */
export function shownAgain(refusal: NotAdmitted | { readonly error: unknown }, view: View): NotAdmitted {
  return 'error' in refusal ? { status: 503, notice: outageNotice(refusal.error, view) } : refusal;
}
