import * as z from 'zod';
import type { ServiceName } from '../../../../contract.ts';

/** The part of JSON Schema 2020-12 that the pages show; what else stands in a document is ignored. */
const schema = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  get properties() {
    return z.record(z.string(), schema).optional();
  },
  required: z.array(z.string()).optional(),
  get items() {
    return schema.optional();
  },
  get anyOf() {
    return z.array(schema).optional();
  },
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  $ref: z.string().optional(),
});
export type JsonSchema = z.infer<typeof schema>;

const content = z.record(z.string(), z.object({ schema: schema.optional() })).optional();

const operation = z.object({
  summary: z.string().optional(),
  description: z.string().optional(),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean().optional(),
        description: z.string().optional(),
        schema: schema.optional(),
      }),
    )
    .default([]),
  requestBody: z.object({ content }).optional(),
  security: z.array(z.unknown()).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content })).default({}),
});
export type Operation = z.infer<typeof operation>;

/** What is read of a service's document; a service may add to its own without the front. */
export const openApiSchema = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.string().optional() }),
  servers: z.array(z.object({ url: z.string() })).optional(),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ schemas: z.record(z.string(), schema).optional() }).optional(),
});
export type OpenApi = z.infer<typeof openApiSchema>;

const REF = '#/components/schemas/';

/** The schema behind a reference; a reference that leads nowhere is an empty schema. */
export function resolve(document: OpenApi, given: JsonSchema): JsonSchema {
  if (given.$ref === undefined) return given;
  const name = given.$ref.startsWith(REF) ? given.$ref.slice(REF.length) : '';
  return document.components?.schemas?.[name] ?? {};
}

/** One endpoint of a service, as the pages show it and a form asks it. */
export interface Endpoint {
  readonly service: ServiceName;
  readonly document: OpenApi;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  /** By which a form names it: `get /quotes`. */
  readonly key: string;
  /** Its place in the page. */
  readonly anchor: string;
  /** What a request has to bring. @default - nothing */
  readonly body: { readonly type: string; readonly schema: JsonSchema } | undefined;
}

export function endpointsOf(service: ServiceName, document: OpenApi): readonly Endpoint[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const anchor = `${service}-${method}${path}`.replace(/\W+/g, '-').replace(/-$/, '');
      const [content] = Object.entries(operation.requestBody?.content ?? {});
      const body = content && { type: content[0], schema: content[1].schema ?? {} };
      return { service, document, method, path, operation, key: `${method} ${path}`, anchor, body };
    }),
  );
}
