import * as z from 'zod';
import type { Route } from '../../../http/route.ts';
import { Proof } from '../forms.tsx';
import { Layout, type NoticeText, sendPage } from '../layout.tsx';
import { ROUTES } from '../links.ts';
import { formRoute, leadTo, pageRoute, shownAgain } from '../page-routes.ts';
import { chooseLanguage, isLanguage, useView, wayBack } from '../view.ts';
import { type FrontKit, proofSchema } from '../visits.ts';

/** Who is signed in, or the form to sign in. */
export function sessionRoute(kit: FrontKit): Route {
  return pageRoute({
    path: ROUTES.session,
    summary: 'Who is signed in',
    query: z.object({ done: z.string().optional() }),
    async handle(ctx, { query }) {
      const view = await kit.visits.of(ctx);
      const hasEnded = query.done === 'ended' && view.session === undefined;
      const notice = hasEnded ? ({ kind: 'good', text: view.t.session.ended } as const) : undefined;
      await sendPage(ctx, view, <SessionPage notice={notice} />);
    },
  });
}

/** Signs in: the key is asked of the quotes service, and kept. */
export function signInRoute(kit: FrontKit): Route {
  return formRoute(kit, {
    path: ROUTES.session,
    summary: 'Sign in',
    body: proofSchema,
    async handle(ctx, { body }) {
      const refusal = await kit.visits.write(ctx, body, async () => leadTo(ctx, ROUTES.session));
      if (refusal === undefined) return;
      const view = kit.visits.known(ctx);
      const { status, problems, notice } = shownAgain(refusal, view);
      await sendPage(ctx, view, <SessionPage problem={problems?.['key']} notice={notice} />, status);
    },
  });
}

/** Signs out; a form of another session, or of none, ends nothing. */
export function signOutRoute(kit: FrontKit): Route {
  return formRoute(kit, {
    path: ROUTES.signOut,
    summary: 'Sign out',
    body: proofSchema,
    async handle(ctx, { body }) {
      await kit.visits.signOut(ctx, body);
      leadTo(ctx, `${ROUTES.session}?done=ended`);
    },
  });
}

/** Chooses the language of the pages, and leads back. */
export function languageRoute(kit: FrontKit): Route {
  return formRoute(kit, {
    path: ROUTES.language,
    summary: 'Choose the language of the pages',
    body: z.object({ language: z.string(), back: z.string().default('/') }),
    handle(ctx, { body }) {
      if (isLanguage(body.language)) chooseLanguage(ctx, body.language);
      leadTo(ctx, wayBack(body.back));
    },
  });
}

interface SessionPageProps {
  /** What is wrong with the key. @default - nothing */
  readonly problem?: string | undefined;
  readonly notice?: NoticeText | undefined;
}

function SessionPage({ problem, notice }: SessionPageProps) {
  const { t, session, language } = useView();
  const { title, description, intro, submit, signedInAs, signOut } = t.session;
  const time = new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: 'UTC', hourCycle: 'h23' });
  return (
    <Layout head={{ title, description, path: ROUTES.session, indexed: false }} notice={notice}>
      <div class="measure">
        <h1>{session === undefined ? title : t.navigation.signedIn}</h1>
        <p class="lead">
          {session === undefined ? intro : signedInAs(session.name, `${time.format(session.since)} UTC`)}
        </p>
        <form class="form" action={session === undefined ? ROUTES.session : ROUTES.signOut} method="post">
          <Proof problem={problem} />
          <p>
            <button class="button" type="submit">
              {session === undefined ? submit : signOut}
            </button>
          </p>
        </form>
      </div>
    </Layout>
  );
}
