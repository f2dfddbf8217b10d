import type { Environment } from '../environments/environment.ts';
import { EDGE } from './names.ts';

/** Traefik Middlewares of the addons that requests to the services pass through, by name. */
export function middlewaresOf({ edge }: Environment): string[] {
  if (!edge.middlewares) return [];
  return [...(edge.rateLimit === null ? [] : [EDGE.rateLimit]), EDGE.securityHeaders];
}
