import { COMMON_PATHS } from '../../../../contract.ts';
import { type Route, route } from '../../../http/route.ts';
import type { Chapter, Library } from '../docs/library.ts';
import type { OpenApi } from '../docs/openapi.ts';
import { OperationDetails } from '../docs/operation-details.tsx';
import { Layout, Notice, sendPage } from '../layout.tsx';
import { ROUTES } from '../links.ts';
import { useView } from '../view.ts';
import type { FrontKit } from '../visits.ts';

/** The documents of all services as one page. */
export function docsRoute(kit: FrontKit, library: Library): Route {
  return route({
    method: 'GET',
    path: ROUTES.docs,
    internal: true,
    summary: 'The API of every service',
    responses: { 200: { description: 'A page' } },
    async handle(ctx) {
      const origin = kit.site.publicUrl ?? `${ctx.protocol}://${ctx.host}`;
      const [view, chapters] = await Promise.all([kit.visits.of(ctx), library.chapters()]);
      await sendPage(ctx, view, <DocsPage chapters={chapters} origin={origin} />);
    },
  });
}

interface DocsPageProps {
  readonly chapters: readonly Chapter[];
  /** Base URL of the examples where a document names none. */
  readonly origin: string;
}

/** Every service's OpenAPI document, to be read. */
function DocsPage({ chapters, origin }: DocsPageProps) {
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
        <Service key={chapter.service} chapter={chapter} origin={origin} />
      ))}
    </Layout>
  );
}

function Service({ chapter, origin }: { readonly chapter: Chapter; readonly origin: string }) {
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
      {document && <Operations document={document} origin={origin} />}
    </section>
  );
}

function Operations({ document, origin }: { readonly document: OpenApi; readonly origin: string }) {
  return (
    <>
      {Object.entries(document.paths).map(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => (
          <OperationDetails
            key={`${method} ${path}`}
            document={document}
            method={method}
            path={path}
            operation={operation}
            origin={origin}
          />
        )),
      )}
    </>
  );
}
