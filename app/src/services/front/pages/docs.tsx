import { COMMON_PATHS } from '../../../../contract.ts';
import { Layout } from '../components/layout.tsx';
import { Notice } from '../components/notice.tsx';
import type { Chapter } from '../docs/library.ts';
import type { OpenApi } from '../docs/openapi.ts';
import { OperationDetails } from '../docs/operation-details.tsx';
import { ROUTES } from '../links.ts';
import type { Site } from '../site.ts';

export interface DocsPageProps {
  readonly site: Site;
  readonly chapters: readonly Chapter[];
  /** Base URL of the examples where a document names none. */
  readonly origin: string;
}

/** Every service's OpenAPI document, to be read. */
export function DocsPage({ site, chapters, origin }: DocsPageProps) {
  const head = { title: 'API', description: 'The endpoints of every service, with examples.', path: ROUTES.docs };
  return (
    <Layout site={site} head={head}>
      <h1>The API</h1>
      <div class="measure">
        <p>
          Every service answers <code>{COMMON_PATHS.root}</code> with its name and version,{' '}
          <code>{COMMON_PATHS.health}</code> with its state, and <code>{COMMON_PATHS.openapi}</code> with the document
          from which this page is made. Errors are problem details (RFC 9457).
        </p>
      </div>
      {chapters.map((chapter) => (
        <Service key={chapter.service} chapter={chapter} origin={origin} />
      ))}
    </Layout>
  );
}

function Service({ chapter, origin }: { readonly chapter: Chapter; readonly origin: string }) {
  const { service, document, outage } = chapter;
  return (
    <section class="api" aria-labelledby={service}>
      <h2 id={service}>{service}</h2>
      {document?.info.description && <p class="soft">{document.info.description}</p>}
      {outage && (
        <Notice
          kind="bad"
          text={`The ${service} service ${outage}.`}
          advice={document ? 'What stands below is its last answer.' : 'Its endpoints are shown as soon as it answers.'}
        />
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
