import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StubService } from '../../../../../test/stub-service.ts';
import { ServiceClient } from '../calls/service-client.ts';
import { library } from './library.ts';

const document = { openapi: '3.1.0', info: { title: 'quotes', version: '1' }, paths: { '/quotes': { get: {} } } };

let stub: StubService;
let now = 0;

function libraryOf() {
  return library([new ServiceClient({ service: 'quotes', baseUrl: stub.url })], () => now);
}

beforeEach(async () => {
  stub = await StubService.start(() => ({ body: document }));
});

afterEach(async () => {
  await stub.stop();
});

describe('the documents of the services', () => {
  it('are asked for once in a while, however many pages show them', async () => {
    const chapters = libraryOf();
    await Promise.all([chapters(), chapters()]);
    await chapters();
    expect(stub.requests).toHaveLength(1);
    now += 30_000;
    await chapters();
    expect(stub.requests).toHaveLength(2);
  });

  it('stay as they were while a service is down', async () => {
    const chapters = libraryOf();
    await chapters();
    now += 30_000;
    stub.answers(() => ({ status: 503, body: {} }));
    const [chapter] = await chapters();
    expect(chapter?.document?.paths['/quotes']).toBeDefined();
    expect(chapter?.failure).toBe('failing');
  });

  it('are missing, with the reason, where a service never answered', async () => {
    stub.answers(() => ({ status: 404, body: {} }));
    expect(await libraryOf()()).toMatchObject([{ service: 'quotes', document: undefined, failure: 'unusable' }]);
  });
});
