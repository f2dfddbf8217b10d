import type { ServiceName } from '../app/contract.ts';
import { runApp } from './run-app.ts';

/** Services whose documents are an API for programs. */
export const SERVICES_DESCRIBED = ['quotes', 'search', 'users'] as const satisfies readonly ServiceName[];
export type Described = (typeof SERVICES_DESCRIBED)[number];

/** The OpenAPI document as a running service sends it. */
export async function documentOf(service: ServiceName): Promise<string> {
  const app = await runApp({ service });
  const document = await (await fetch(`${app.url}/openapi.json`)).text();
  await app.stop();
  return document;
}
