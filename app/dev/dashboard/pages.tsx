import type { ComponentChildren } from 'preact';
import { render } from 'preact-render-to-string';
import { readableLine } from '../log-line.ts';
import { type Line, type Recorder, SAMPLES, type Sample, type Span } from './recorder.ts';

const PAGES = { '/': 'Overview', '/logs': 'Logs', '/traces': 'Traces', '/data': 'Data' } as const;
export type Path = keyof typeof PAGES;

export interface ServiceState {
  readonly name: string;
  readonly url: string;
  readonly ready: boolean;
}

/** A page of the dashboard around its body. */
export function page(path: Path, body: ComponentChildren): string {
  const links = Object.entries(PAGES).map(([href, name]) => (
    <a href={href} {...(href === path && { 'aria-current': 'page' })}>
      {name}
    </a>
  ));
  const html = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{PAGES[path]} – npm run dev</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="stylesheet" href="/dashboard.css" />
      </head>
      <body>
        <header class="head">
          <div class="wrap">
            <a class="mark" href="/">
              Dashboard<span>.</span>
              <small class="stage">dev</small>
            </a>
            <nav class="nav" aria-label="Main">
              {links}
            </nav>
          </div>
        </header>
        <main class="wrap board">{body}</main>
      </body>
    </html>
  );
  return `<!doctype html>${render(html)}`;
}

/** Each service: whether it is ready, and the four golden signals as production's dashboard has them. */
export function overviewPage(services: readonly ServiceState[], recorder: Recorder): string {
  return page(
    '/',
    <>
      <p class="soft">The last ten minutes, now at the right; a dashed line is what production promises.</p>
      {services.map((service) => (
        <ServiceSection {...service} samples={recorder.samples.get(service.name) ?? []} />
      ))}
    </>,
  );
}

function ServiceSection({ name, url, ready, samples }: ServiceState & { readonly samples: readonly Sample[] }) {
  return (
    <section>
      <div class="service">
        <h2>
          <span class={ready ? 'good' : 'bad'}>{ready ? '●' : '○'}</span> {name}
        </h2>
        <p class="soft">
          {ready ? 'ready' : 'not ready'}, <a href={url}>{url}</a>, <a href={`/logs?service=${name}`}>logs</a>
        </p>
      </div>
      <div class="signals">
        <Signal title="Traffic" unit="/s" values={samples.map(({ rate }) => rate)} />
        <Signal title="Errors" unit="%" values={samples.map(({ errorPercent }) => errorPercent)} limit={0.1} />
        <Signal title="P95" unit="ms" values={samples.map(({ p95Ms }) => p95Ms)} limit={500} />
        <Signal title="CPU" unit="%" values={samples.map((sample: Sample) => sample.cpuPercent)} limit={80} />
      </div>
    </section>
  );
}

const WIDTH = 220;
const HEIGHT = 48;

interface SignalProps {
  readonly title: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** The promise: a line, and the figure in red above it. @default - none */
  readonly limit?: number;
}

function Signal({ title, unit, values, limit }: SignalProps) {
  const last = values.at(-1);
  const top = Math.max(...values, limit ?? 0, 1e-9) * 1.1;
  const y = (value: number) => (HEIGHT - (value / top) * HEIGHT).toFixed(1);
  const x = (index: number) => (((SAMPLES - values.length + index) / (SAMPLES - 1)) * WIDTH).toFixed(1);
  const points = values.map((value, index) => `${x(index)},${y(value)}`).join(' ');
  // No request takes no time: without traffic there is no latency.
  const isMissing = last === undefined || (unit === 'ms' && last === 0);
  const isBad = limit !== undefined && last !== undefined && last > limit;
  return (
    <figure>
      <figcaption>
        {title} <b class={isBad ? 'bad' : ''}>{isMissing ? '–' : `${last.toFixed(last < 10 ? 1 : 0)} ${unit}`}</b>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title} of the last ten minutes`}
      >
        {limit !== undefined && <line class="limit" x1="0" x2={WIDTH} y1={y(limit)} y2={y(limit)} />}
        <polyline points={points} />
      </svg>
    </figure>
  );
}

export interface LogFilter {
  readonly service: string;
  readonly words: string;
}

export function logsPage(lines: readonly Line[], services: readonly string[], filter: LogFilter): string {
  const { service, words } = filter;
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = lines
    .filter((line) => service === '' || line.service === service)
    .filter(({ text }) => wanted.every((word) => text.toLowerCase().includes(word)))
    .slice(-300)
    .reverse();
  return page(
    '/logs',
    <>
      <LogForm services={services} {...filter} />
      <p class="soft">
        {found.length} of {lines.length} lines, the newest first
      </p>
      <ol class="lines">
        {found.map(({ service: name, at, text }) => (
          <li class={/"level":"(error|fatal)"|"status":5/.test(text) ? 'bad' : ''}>
            <details>
              <summary>
                <time>{at.toISOString().slice(11, 23)}</time> {readableLine(name, text)}
              </summary>
              <code>{text}</code>
            </details>
          </li>
        ))}
      </ol>
    </>,
  );
}

function LogForm({ services, service, words }: LogFilter & { readonly services: readonly string[] }) {
  const placeholder = 'words, a status, a request id';
  return (
    <form class="filter" action="/logs">
      <input name="q" type="search" value={words} aria-label="Words to look for" placeholder={placeholder} />
      <select name="service" aria-label="Service">
        <option value="">all services</option>
        {services.map((name) => (
          <option selected={name === service}>{name}</option>
        ))}
      </select>
      <button class="button" type="submit">
        Search
      </button>
    </form>
  );
}

/** One line a trace, the newest first; each opens to its spans along one axis of time. */
export function tracesPage(traces: ReadonlyMap<string, readonly Span[]>): string {
  const startOf = (spans: readonly Span[]) => Math.min(...spans.map(({ startMs }) => startMs));
  // The front asks each service for its health with every page; those answers would be most of the list.
  const list = [...traces]
    .filter(([, spans]) => spans.some(({ name }) => !name.endsWith('/health')))
    .sort(([, a], [, b]) => startOf(b) - startOf(a))
    .slice(0, 60);
  return page(
    '/traces',
    list.length === 0 ? (
      <p class="soft">No trace yet: open a page of the platform, and reload this one after a few seconds.</p>
    ) : (
      list.map(([id, spans]) => <Trace id={id} spans={spans} />)
    ),
  );
}

function Trace({ id, spans }: { readonly id: string; readonly spans: readonly Span[] }) {
  const sorted = [...spans].sort((a, b) => a.startMs - b.startMs);
  const start = sorted[0]?.startMs ?? 0;
  const total = Math.max(...sorted.map((span) => span.startMs + span.ms - start), 0.001);
  const services = [...new Set(sorted.map(({ service }) => service))];
  const percent = (ms: number) => ((100 * ms) / total).toFixed(2);
  return (
    <details class="trace">
      <summary class={sorted.some(({ failed }) => failed) ? 'bad' : ''}>
        <time>{new Date(start).toISOString().slice(11, 23)}</time> {sorted[0]?.name}{' '}
        <span class="soft">
          {total.toFixed(1)} ms, {sorted.length} {sorted.length === 1 ? 'span' : 'spans'}: {services.join(', ')}
        </span>
      </summary>
      <p class="soft">
        <a href={`/logs?q=${id}`}>{id}</a>
      </p>
      {sorted.map(({ service, name, startMs, ms, failed }) => (
        <div class="span">
          <span>
            {service}: {name}
          </span>
          <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect
              class={failed ? 'failed' : ''}
              x={percent(startMs - start)}
              width={Math.max(0.4, Number(percent(ms)))}
              height="4"
            />
          </svg>
          <span class="soft">{ms.toFixed(1)} ms</span>
        </div>
      ))}
    </details>
  );
}
