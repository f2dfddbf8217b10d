import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { StubService } from '../../../../../test/stub-service.ts';
import { DEFAULT_LIMITS, RefusedError, ServiceDownError } from './policies.ts';
import { ServiceClient } from './service-client.ts';

const schema = z.object({ n: z.number() });
const read = { path: '/n', schema, trace: { 'x-request-id': 'r1', traceparent: '00-t' } };
const write = { ...read, method: 'POST', adminKey: 'secret', body: { n: 1 } } as const;

let stub: StubService;

function clientOf(limits: Partial<typeof DEFAULT_LIMITS> = {}, baseUrl = stub.url): ServiceClient {
  return new ServiceClient({ service: 'quotes', baseUrl, limits: { ...DEFAULT_LIMITS, timeoutMs: 5_000, ...limits } });
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof ServiceDownError ? error.failure : error;
}

beforeEach(async () => {
  stub = await StubService.start(() => ({ body: { n: 1 } }));
});

afterEach(async () => {
  await stub.stop();
});

describe('reading from a service', () => {
  it('returns the answer that fits the schema and passes on request id and trace', async () => {
    expect(await clientOf().read(read)).toEqual({ n: 1 });
    expect(stub.requests).toHaveLength(1);
    expect(stub.requests[0]?.headers).toMatchObject({ 'x-request-id': 'r1', traceparent: '00-t' });
  });

  it('keeps its connection for the next call', async () => {
    const client = clientOf();
    await client.read(read);
    await client.read(read);
    expect(stub.requests[1]?.headers.connection).toBe('keep-alive');
  });

  it('makes many calls at once without a warning on the error output', async () => {
    const warnings: string[] = [];
    const listen = ({ name }: Error) => warnings.push(name);
    process.on('warning', listen);
    const client = clientOf();
    await Promise.all(Array.from({ length: 30 }, () => client.read(read)));
    process.off('warning', listen);
    expect(stub.requests).toHaveLength(30);
    expect(warnings).toEqual([]);
  });

  it('tries a second time when the connection breaks', async () => {
    stub.answers(() => (stub.requests.length === 1 ? 'reset' : { body: { n: 2 } }));
    expect(await clientOf().read(read)).toEqual({ n: 2 });
  });

  it('tries a second time after a 503, and not a third', async () => {
    stub.answers(() => ({ status: 503, body: {} }));
    expect(await failureOf(clientOf().read(read))).toBe('failing');
    expect(stub.requests).toHaveLength(2);
  });

  it('does not try again what was refused', async () => {
    stub.answers(() => ({ status: 404, body: { title: 'Not Found' } }));
    expect(await failureOf(clientOf().read(read))).toMatchObject({ status: 404, detail: 'Not Found' });
    expect(stub.requests).toHaveLength(1);
  });

  it('gives up on a service that hangs after twice its limit', async () => {
    stub.answers(() => 'hang');
    const started = performance.now();
    expect(await failureOf(clientOf({ timeoutMs: 100 }).read(read))).toBe('timeout');
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it('takes half a document for a failure of the service', async () => {
    stub.answers(() => ({ text: '{"n":', afterMs: 0 }));
    expect(await failureOf(clientOf().read(read))).toBe('failing');
  });

  it('says that nobody listens', async () => {
    expect(await failureOf(clientOf({}, 'http://127.0.0.1:1').read(read))).toBe('unreachable');
  });

  it('takes an answer of another shape for a failure of the service', async () => {
    stub.answers(() => ({ body: { n: 'one' } }));
    expect(await failureOf(clientOf().read(read))).toBe('failing');
  });
});

describe('a service that stays silent', () => {
  it('is left alone after some attempts, and asked again after the rest', async () => {
    const client = clientOf({ timeoutMs: 150, failures: 2, restMs: 100 });
    stub.answers(() => 'hang');
    await failureOf(client.read(read));
    const asked = stub.requests.length;
    expect(await failureOf(client.read(read))).toBe('resting');
    expect(stub.requests).toHaveLength(asked);
    stub.answers(() => ({ body: { n: 3 } }));
    await expect.poll(() => client.read(read).catch(() => undefined), { timeout: 10_000 }).toEqual({ n: 3 });
  });

  it('is not left alone for quick answers that it cannot serve', async () => {
    const client = clientOf({ failures: 2 });
    stub.answers(() => ({ status: 503, body: {} }));
    for (const _ of [1, 2, 3]) await failureOf(client.read(read));
    stub.answers(() => ({ body: { n: 4 } }));
    expect(await client.read(read)).toEqual({ n: 4 });
  });

  it('holds no more calls than its share', async () => {
    const client = clientOf({ concurrency: 1, timeoutMs: 200 });
    stub.answers(() => 'hang');
    const held = failureOf(client.write(write));
    expect(await failureOf(client.write(write))).toBe('overloaded');
    expect(await held).toBe('timeout');
  });
});

describe('writing to a service', () => {
  it('sends the key and the body once', async () => {
    expect(await clientOf().write(write)).toEqual({ n: 1 });
    expect(stub.requests[0]).toMatchObject({ method: 'POST', body: '{"n":1}' });
    expect(stub.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'content-type': 'application/json',
    });
  });

  it('is never tried a second time, for the first may have happened', async () => {
    stub.answers(() => 'reset');
    expect(await failureOf(clientOf().write(write))).toBe('unreachable');
    expect(stub.requests).toHaveLength(1);
  });

  it('takes an empty answer', async () => {
    stub.answers(() => ({ status: 204 }));
    expect(await clientOf().write({ ...write, method: 'DELETE', schema: z.unknown() })).toBeUndefined();
  });

  it('names every field that was refused', async () => {
    const errors = [{ in: 'body', name: '/text', message: 'is too long' }];
    stub.answers(() => ({ status: 400, body: { title: 'Bad Request', errors } }));
    const error = await failureOf(clientOf().write(write));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ status: 400, problems: [{ field: 'text', message: 'is too long' }] });
  });

  it.each(['', 'clé', 'two words', 'a\r\nx-evil: 1'])('refuses %j as a key without a call', async (adminKey) => {
    expect(await failureOf(clientOf().write({ ...write, adminKey }))).toMatchObject({ status: 401 });
    expect(stub.requests).toEqual([]);
  });
});

describe('asking a service how it is', () => {
  it('takes the body of a 503 for the answer', async () => {
    stub.answers(() => ({ status: 503, body: { n: 0 } }));
    expect(await clientOf().ask({ path: '/health', schema })).toEqual({ n: 0 });
    expect(stub.requests).toHaveLength(1);
  });
});
