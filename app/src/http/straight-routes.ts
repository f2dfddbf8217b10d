import type { HttpContext, Route } from './route.ts';

/** A handler as the router calls it, with the parameters of the path on the context. */
export type RouteHandler = (ctx: HttpContext & { params: Readonly<Record<string, string>> }) => Promise<void>;

/** A handler of a path, and the parameters that the path gives it. */
interface Found {
  readonly handle: RouteHandler;
  readonly params: Readonly<Record<string, string>>;
}

interface Ending {
  readonly handle: RouteHandler;
  readonly name: string;
}

/** `/quotes/:id`: one parameter, at the end. */
const ENDS_IN_PARAMETER = /^([^:*{]*\/):(\w+)$/;
const WITHOUT_PARAMETER = /^[^:*{]*$/;

/**
 * Finds most handlers without the router, which tries one template after the other: a path without parameters by itself,
 * one that ends in its only parameter by what stands before it. What is not found here is the router's to answer.
 */
export class StraightRoutes {
  readonly #whole = new Map<string, Map<string, RouteHandler>>();
  readonly #endings = new Map<string, Map<string, Ending>>();

  /** In the order of the routes: of two alike the first stands. A whole path comes before one with a parameter, so list it first. */
  add({ method, path }: Pick<Route, 'method' | 'path'>, handle: RouteHandler): void {
    const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
    const [, prefix, name] = ENDS_IN_PARAMETER.exec(path) ?? [];
    for (const each of methods) {
      if (WITHOUT_PARAMETER.test(path)) put(this.#whole, each, path, handle);
      else if (prefix !== undefined && name !== undefined) put(this.#endings, each, prefix, { handle, name });
    }
  }

  find(method: string, path: string): Found | undefined {
    const whole = this.#whole.get(method)?.get(path);
    if (whole !== undefined) return { handle: whole, params: {} };
    const start = path.lastIndexOf('/') + 1;
    const ending = this.#endings.get(method)?.get(path.slice(0, start));
    const value = path.slice(start);
    // An escaped value is left to the router, which knows how to refuse what cannot be decoded.
    if (ending === undefined || value === '' || value.includes('%')) return undefined;
    return { handle: ending.handle, params: { [ending.name]: value } };
  }
}

function put<V>(table: Map<string, Map<string, V>>, method: string, key: string, value: V): void {
  const ofMethod = table.get(method) ?? new Map<string, V>();
  if (!ofMethod.has(key)) ofMethod.set(key, value);
  table.set(method, ofMethod);
}
