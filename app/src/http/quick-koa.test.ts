import Router from '@koa/router';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { QuickRoutes } from './quick-koa.ts';

const ROUTES = [
  ['GET', '/'],
  ['GET', '/quotes'],
  ['POST', '/quotes'],
  ['GET', '/quotes/random'],
  ['GET', '/quotes/:id'],
  ['DELETE', '/quotes/:id'],
  ['GET', '/browse/quote/:id'],
  ['GET', '/browse/quote/:id/remove'],
] as const;

function setup() {
  const router = new Router({ strict: true, sensitive: true });
  const table = new QuickRoutes();
  const names = new Map<unknown, string>();
  for (const [method, path] of ROUTES) {
    const handle = async () => {};
    names.set(handle, `${method} ${path}`);
    router.register(path, [method], handle);
    table.add({ method, path }, handle);
  }
  /** What the router would call, and with what. */
  const byRouter = (method: string, path: string) => {
    const layer = router.match(path, method).pathAndMethod[0];
    return layer && { name: names.get(layer.stack[0]), params: layer.params(path, layer.captures(path)) };
  };
  const byTable = (method: string, path: string) => {
    const found = table.find(method, path);
    return found && { name: names.get(found.handle), params: found.params };
  };
  return { byRouter, byTable };
}

const { byRouter, byTable } = setup();

it('finds the handlers that a request asks for most, without the router', () => {
  expect(byTable('GET', '/quotes')).toEqual({ name: 'GET /quotes', params: {} });
  expect(byTable('HEAD', '/quotes/q1')).toEqual({ name: 'GET /quotes/:id', params: { id: 'q1' } });
  expect(byTable('GET', '/quotes/random')).toEqual({ name: 'GET /quotes/random', params: {} });
});

it('leaves to the router what is escaped, empty, unknown, of another shape or of another method', () => {
  for (const path of ['/quotes/a%20b', '/quotes/', '/nowhere', '/browse/quote/q1/remove', '/Quotes']) {
    expect(byTable('GET', path), path).toBeUndefined();
  }
  expect(byTable('PUT', '/quotes/q1')).toBeUndefined();
});

it('never finds another handler than the router', () => {
  const segment = fc.constantFrom(
    'quotes',
    'random',
    'browse',
    'quote',
    'remove',
    'q1',
    'a%20b',
    'é',
    ':id',
    '',
    '__proto__',
  );
  const path = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`);
  const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS');
  fc.assert(
    fc.property(method, path, (asked, where) => {
      const found = byTable(asked, where);
      if (found !== undefined) expect(found).toEqual(byRouter(asked, where));
    }),
    { numRuns: 500 },
  );
});
