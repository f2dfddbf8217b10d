import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Line } from './picture.ts';

/** Asks a real Prometheus. */
export class Queries {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Values of an instant query, those that are numbers. */
  async values(expr: string): Promise<number[]> {
    const { result } = await this.#get<{ result: { value: [number, string] }[] }>('query', { query: expr });
    return result.map(({ value }) => Number(value[1])).filter((value) => !Number.isNaN(value));
  }

  /** Series of the last minutes, a point a second. */
  async range(expr: string, seconds: number): Promise<Line[]> {
    const now = Math.floor(Date.now() / 1_000);
    const window = { start: String(now - seconds), end: String(now), step: '1' };
    const { result } = await this.#get<{ result: Line[] }>('query_range', { query: expr, ...window });
    return result;
  }

  /** Rules whose last evaluation failed, with the reason. */
  async failingRules(): Promise<string[]> {
    const { groups } = await this.#get<{ groups: { rules: { name: string; lastError?: string }[] }[] }>('rules', {});
    return groups.flatMap(({ rules }) =>
      rules.flatMap(({ name, lastError }) =>
        lastError === undefined || lastError === '' ? [] : [`${name}: ${lastError}`],
      ),
    );
  }

  /** Targets that are not up, with the reason. */
  async targetsDown(): Promise<string[]> {
    const { activeTargets } = await this.#get<{
      activeTargets: { labels: { job: string }; health: string; lastError: string }[];
    }>('targets', { state: 'active' });
    return activeTargets
      .filter(({ health }) => health !== 'up')
      .map(({ labels, health, lastError }) => `${labels.job} is ${health}: ${lastError}`);
  }

  async #get<T>(path: string, parameters: Record<string, string>): Promise<T> {
    const asks = path.startsWith('query');
    const response = await fetch(`${this.#url}/api/v1/${path}`, {
      method: asks ? 'POST' : 'GET',
      ...(asks ? { body: new URLSearchParams(parameters) } : {}),
    });
    const body = (await response.json()) as { status: string; error?: string; data: T };
    if (body.status !== 'success') throw new Error(`${path} ${JSON.stringify(parameters)}: ${body.error}`);
    return body.data;
  }
}

/** The selectors of an expression, as they are written: what must exist for it to mean anything. */
export function selectorsOf(expr: string): string[] {
  const found: string[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.name === 'VectorSelector') found.push(expr.slice(node.from, node.to));
    for (let child = node.firstChild; child; child = child.nextSibling) visit(child);
  };
  visit(parser.parse(expr).topNode);
  return found;
}
