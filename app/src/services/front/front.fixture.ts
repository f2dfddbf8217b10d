import { afterAll, beforeAll, beforeEach } from 'vitest';
import { runApp, type TestApp, urlsOf } from '../../../../test/run-app.ts';
import { type StubAnswer, type StubRequest, StubService } from '../../../../test/stub-service.ts';

export const PASCAL = {
  id: 'pascal-coeur',
  text: 'Le cœur a ses raisons, que la raison ne connaît point.',
  author: 'Blaise Pascal',
  source: 'Pensées',
  language: 'fr',
};
/** An endpoint with everything that the API pages show. */
const DOCUMENT = {
  info: { title: 'x', version: '1', description: 'What it is for' },
  paths: {
    '/things/{id}': {
      put: {
        summary: 'Replace a thing',
        description: 'All of it.',
        security: [{ adminKey: [] }],
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 64 } }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
        responses: {
          200: {
            description: 'Replaced',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
          },
          404: { description: 'None <of> this id' },
        },
      },
    },
  },
  components: {
    schemas: {
      Thing: {
        type: 'object',
        required: ['text'],
        properties: { text: { type: 'string' }, note: { type: 'string', description: 'A word' } },
      },
    },
  },
};
export const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** The running front, and the one stub that is all services behind it. */
export interface FrontUnderTest {
  readonly url: string;
  readonly stub: StubService;
  /** Asks for a page as a browser does, without following redirects. */
  readonly page: (path: string, init?: RequestInit) => Promise<{ response: Response; html: string }>;
  /** Sends a form. */
  readonly send: (path: string, form: Readonly<Record<string, string>>) => ReturnType<FrontUnderTest['page']>;
}

/** The services in their best health. */
export function healthy({ method, url, headers }: StubRequest): StubAnswer {
  const path = url.split('?')[0];
  if (path === '/health') return { body: { status: 'ok', version: '1.0.0' } };
  if (path === '/openapi.json') return { body: DOCUMENT };
  if (path === '/quotes/-/key')
    return headers.authorization === 'Bearer right' ? { body: { name: 'ada' } } : { status: 401, body: {} };
  if (method === 'POST') return { status: 201, body: { ...PASCAL, id: 'made' } };
  if (method === 'DELETE') return { status: 204 };
  if (path === '/search/filters')
    return { body: { authors: [{ value: PASCAL.author }], languages: [{ value: 'fr' }] } };
  if (path === '/quotes' || path === '/search' || path === '/search/quotes')
    return { body: { items: [PASCAL], next: 'cursor&1' } };
  return path === '/quotes/random' || path === '/quotes/pascal-coeur' ? { body: PASCAL } : { status: 404, body: {} };
}

/** Starts the front for the tests of one file; before each of them the services are healthy again. */
export function useFront(env: Readonly<Record<string, string>> = {}): FrontUnderTest {
  let stub: StubService;
  let front: TestApp;
  beforeAll(async () => {
    stub = await StubService.start(healthy);
    front = await runApp({
      service: 'front',
      env: { ...urlsOf('front', () => stub.url), APP_VERSION: '1.2.3', PUBLIC_URL: 'https://quotes.example', ...env },
    });
  });
  afterAll(async () => {
    await front.stop();
    await stub.stop();
  });
  beforeEach(() => {
    stub.answers(healthy);
    stub.requests.length = 0;
  });
  const page: FrontUnderTest['page'] = async (path, init = {}) => {
    const response = await fetch(`${front.url}${path}`, { redirect: 'manual', headers: HTML, ...init });
    return { response, html: await response.text() };
  };
  return {
    get url() {
      return front.url;
    },
    get stub() {
      return stub;
    },
    page,
    send: (path, form) => page(path, { method: 'POST', body: new URLSearchParams(form) }),
  };
}
