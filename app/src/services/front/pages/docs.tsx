import * as z from 'zod';
import { COMMON_PATHS, SERVICES } from '../../../../contract.ts';
import type { HttpContext, Route } from '../../../http/route.ts';
import { failureOf } from '../calls/policies.ts';
import type { RawRequest, ServiceClient } from '../calls/service-client.ts';
import { type Attempt, isSendable, requestOf, type Typed } from '../docs/attempt.ts';
import type { Chapter } from '../docs/library.ts';
import { endpointsOf } from '../docs/openapi.ts';
import { OperationDetails } from '../docs/operation-details.tsx';
import { Layout, Notice, sendPage } from '../layout.tsx';
import { ROUTES } from '../links.ts';
import { formRoute, pageRoute } from '../page-routes.ts';
import { PageProblem, useView } from '../view.ts';
import { type FrontKit, proofSchema, traceOf } from '../visits.ts';

type Chapters = () => Promise<readonly Chapter[]>;

export function docsRoute(kit: FrontKit, chapters: Chapters): Route {
  return pageRoute({
    path: ROUTES.docs,
    summary: 'The API of every service',
    async handle(ctx) {
      await kit.visits.of(ctx);
      await sendDocs(ctx, kit, { chapters: await chapters() });
    },
  });
}

/** Sends the request of a form on that page to its service, and shows the page with the answer. */
export function tryRoute(kit: FrontKit, chapters: Chapters): Route {
  return formRoute(kit, {
    path: ROUTES.docs,
    summary: 'Try an endpoint',
    body: proofSchema.extend({ service: z.enum(SERVICES), operation: z.string() }).catchall(z.string()),
    async handle(ctx, { body }) {
      const { key: typedKey, csrf, service, operation, ...typed } = body;
      const key = await kit.visits.keyOf(ctx, { key: typedKey, csrf });
      const shown = await chapters();
      const { client, document } = shown.find((chapter) => chapter.service === service) ?? {};
      const endpoint = document && endpointsOf(service, document).find((each) => each.key === operation);
      // No document has such an endpoint.
      if (endpoint === undefined || client === undefined) throw new PageProblem(404);
      const outcome = await attemptOf(ctx, kit, { client, request: requestOf(endpoint, typed, key), typed });
      await sendDocs(ctx, kit, { chapters: shown, attempt: { endpoint, typed, ...outcome } });
    },
  });
}

interface AttemptOptions {
  readonly client: ServiceClient;
  readonly request: RawRequest;
  readonly typed: Typed;
}

async function attemptOf(
  ctx: HttpContext,
  { visits }: FrontKit,
  { client, request, typed }: AttemptOptions,
): Promise<Pick<Attempt, 'answer' | 'problem'>> {
  const { t } = visits.known(ctx);
  if (!isSendable(request, typed)) return { problem: t.docs.unsendable };
  try {
    return { answer: await client.attempt({ ...request, headers: { ...traceOf(ctx), ...request.headers } }) };
  } catch (error) {
    return { problem: t.outage.text(client.service, failureOf(error)) };
  }
}

async function sendDocs(ctx: HttpContext, { site, visits }: FrontKit, shown: Omit<DocsPageProps, 'origin'>) {
  const origin = site.publicUrl ?? `${ctx.protocol}://${ctx.host}`;
  await sendPage(ctx, visits.known(ctx), <DocsPage {...shown} origin={origin} />);
}

interface DocsPageProps {
  readonly chapters: readonly Chapter[];
  /** Base URL of the examples where a document names none. */
  readonly origin: string;
  /** What was just tried. @default - nothing */
  readonly attempt?: Attempt | undefined;
}

function DocsPage({ chapters, origin, attempt }: DocsPageProps) {
  const { title, heading, description, intro } = useView().t.docs;
  const { root, health, openapi } = COMMON_PATHS;
  return (
    <Layout head={{ title, description, path: ROUTES.docs }}>
      <h1>{heading}</h1>
      <div class="measure">
        <p>
          {intro(root, health, openapi)
            .split('`')
            .map((part, index) => (index % 2 === 0 ? part : <code key={part}>{part}</code>))}
        </p>
      </div>
      {chapters.map((chapter) => (
        <Service key={chapter.service} chapter={chapter} origin={origin} attempt={attempt} />
      ))}
    </Layout>
  );
}

function Service({ chapter, origin, attempt }: Omit<DocsPageProps, 'chapters'> & { readonly chapter: Chapter }) {
  const { docs, outage } = useView().t;
  const { service, document, failure } = chapter;
  return (
    <section class="api" aria-labelledby={service}>
      <h2 id={service}>{service}</h2>
      {document?.info.description && (
        <p class="soft" lang="en">
          {document.info.description}
        </p>
      )}
      {failure && (
        <Notice kind="bad" text={outage.text(service, failure)} advice={document ? docs.lastAnswer : docs.laterShown} />
      )}
      {document &&
        endpointsOf(service, document).map((endpoint) => (
          <OperationDetails
            key={endpoint.key}
            endpoint={endpoint}
            origin={origin}
            attempt={attempt?.endpoint.anchor === endpoint.anchor ? attempt : undefined}
          />
        ))}
    </section>
  );
}
