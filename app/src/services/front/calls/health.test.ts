import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StubService } from '../../../../../test/stub-service.ts';
import { healthBoard } from './health.ts';
import { ServiceClient } from './service-client.ts';

const own = { service: 'front', version: '1.2.3' } as const;

let stub: StubService;
let now = 0;

function boardOf(baseUrl = stub.url) {
  return healthBoard({ clients: [new ServiceClient({ service: 'quotes', baseUrl })], own, now: () => now });
}

beforeEach(async () => {
  stub = await StubService.start(() => ({ body: { status: 'ok', service: 'quotes', version: '1.0.0' } }));
});

afterEach(async () => {
  await stub.stop();
});

describe('the board of services', () => {
  it('shows the front itself and every service with its version', async () => {
    expect(await boardOf()()).toEqual([
      { service: 'front', version: '1.2.3' },
      { service: 'quotes', version: '1.0.0' },
    ]);
  });

  it('shows the reason that a service gives', async () => {
    stub.answers(() => ({ status: 503, body: { status: 'unavailable', reason: 'Redis does not answer' } }));
    expect((await boardOf()())[1]).toEqual({ service: 'quotes', reason: 'Redis does not answer' });
  });

  it('says of a service that cannot be reached that it cannot be reached', async () => {
    expect((await boardOf('http://127.0.0.1:1')())[1]).toEqual({
      service: 'quotes',
      failure: 'unreachable',
    });
  });

  it('says of an address that is no service that it gives no usable answer', async () => {
    stub.answers(() => ({ status: 404, body: {} }));
    expect((await boardOf()())[1]).toMatchObject({ failure: 'unusable' });
  });

  it('asks once a second, however many pages want to know', async () => {
    const board = boardOf();
    await Promise.all([board(), board(), board()]);
    expect(stub.requests).toHaveLength(1);
    now += 1_000;
    await board();
    expect(stub.requests).toHaveLength(2);
  });

  it('asks again after a second where nobody has answered: no page waits for all of a question that hangs', async () => {
    stub.answers(() => 'hang');
    const board = boardOf();
    const waiting = board();
    await vi.waitFor(() => expect(stub.requests).toHaveLength(1));
    now += 1_000;
    stub.answers(() => ({ body: { status: 'ok', version: '1.0.0' } }));
    expect((await board())[1]).toEqual({ service: 'quotes', version: '1.0.0' });
    await stub.stop();
    expect((await waiting)[1]).toHaveProperty('failure');
  });
});
