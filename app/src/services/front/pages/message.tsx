import { Layout } from '../components/layout.tsx';
import { ROUTES } from '../links.ts';
import type { Site } from '../site.ts';

export interface MessagePageProps {
  readonly site: Site;
  readonly path: string;
  readonly title: string;
  /** What happened and what to do, a paragraph each. */
  readonly lines: readonly string[];
  /** By which the log of this request is found. @default - not shown */
  readonly requestId?: string | undefined;
}

/** A page with nothing but a message: not found, a service down, a mistake of ours. */
export function MessagePage({ site, path, title, lines, requestId }: MessagePageProps) {
  return (
    <Layout site={site} head={{ title, description: title, path, indexed: false }}>
      <div class="measure">
        <h1>{title}</h1>
        <div class="empty">
          {lines.map((line) => (
            <p key={line}>{line}</p>
          ))}
          <p class="actions">
            <a class="button" href={ROUTES.home}>
              To the beginning
            </a>
            <a href={ROUTES.browse}>All the quotes</a>
          </p>
        </div>
        {requestId && (
          <p class="hint">
            Request <code>{requestId}</code>
          </p>
        )}
      </div>
    </Layout>
  );
}
