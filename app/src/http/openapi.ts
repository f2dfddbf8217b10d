import * as z from 'zod';
import type { Config } from '../runtime/config.ts';
import { PROBLEM_TYPE, ProblemSchema } from './problem.ts';
import type { ResponseSpec, Route } from './route.ts';

export interface OpenApiProps {
  readonly config: Pick<Config, 'service' | 'version' | 'publicUrl'>;
  readonly description: string;
  readonly routes: readonly Route[];
}

const FORMAT_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

/** The OpenAPI 3.1 document of a service, from the schemas that validate its requests. */
export function openApiDocument({ config, description, routes }: OpenApiProps): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes.filter(({ internal }) => !internal)) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: config.service, version: config.version, description },
    ...(config.publicUrl !== undefined && { servers: [{ url: config.publicUrl }] }),
    paths,
    components: {
      schemas: { Problem: jsonSchema(ProblemSchema, 'output') },
      securitySchemes: {
        adminKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'The admin key, also accepted without the word Bearer',
        },
      },
    },
  };
}

const WITHOUT_KEY: ResponseSpec = { description: 'Without the admin key' };

function operation(route: Route): object {
  const parameters = [
    ...parametersOf(route.params, 'path'),
    ...parametersOf(route.query, 'query'),
    ...(route.ifMatch ? [IF_MATCH] : []),
    ...(route.idempotencyKey ? [IDEMPOTENCY_KEY] : []),
  ];
  const responses = { ...(route.admin !== undefined && { 401: WITHOUT_KEY }), ...route.responses };
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: requestBody(route, route.body) }),
    ...(route.admin !== undefined && { security: [{ adminKey: [] }] }),
    responses: {
      ...Object.fromEntries(Object.entries(responses).map(([status, spec]) => [status, response(status, spec)])),
      default: problemResponse('A problem (RFC 9457)'),
    },
  };
}

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'ETags of the revisions that may be overwritten; without it, any',
  schema: { type: 'string' },
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A key of the client’s choice, such as "6f1c6f6e-6f0e-4d2b-9f57-0d6c5c1f1b0a", so that it may repeat the request: for 24 hours the first answer is sent again',
  schema: { type: 'string', maxLength: 257 },
};

/** `getQuotesId` for GET /quotes/:id: what a client generator calls its function. */
function operationId({ method, path }: Route): string {
  const words = path.match(/[A-Za-z]+/g) ?? ['root'];
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function requestBody(route: Route, schema: z.ZodType): object {
  return {
    required: true,
    content: { [FORMAT_TYPES[route.bodyFormat ?? 'json']]: { schema: requestSchema(schema) } },
  };
}

function response(status: string, { description, schema, contentType = 'application/json' }: ResponseSpec): object {
  if (schema === undefined) return Number(status) >= 400 ? problemResponse(description) : { description };
  return { description, content: { [contentType]: { schema: jsonSchema(schema, 'output') } } };
}

function problemResponse(description: string): object {
  const [type = ''] = PROBLEM_TYPE.split(';');
  return { description, content: { [type]: { schema: { $ref: '#/components/schemas/Problem' } } } };
}

/** One parameter for each property of the schema. */
function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = requestSchema(schema);
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }));
}

/** The bounds that hold once a value was trimmed or read as a number; what has a default may be left out. */
function requestSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  const { required: _, ...bounds } = jsonSchema(schema, 'output');
  const { required } = jsonSchema(schema, 'input');
  return { ...bounds, ...(required && { required }) };
}

/** OpenAPI 3.1 speaks JSON Schema 2020-12, so zod's own translation is taken as it is, nearly. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): z.core.JSONSchema.BaseSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: loosen });
  return rest;
}

type Translated = Parameters<NonNullable<z.core.ToJSONSchemaParams['override']>>[0];

/** A format says enough without its pattern, and answers may grow: only what we refuse to take is closed. */
function loosen({ zodSchema, jsonSchema: translated }: Translated): void {
  const { def } = zodSchema._zod;
  if (translated.format === 'date-time') delete translated.pattern;
  if (def.type === 'object' && def.catchall === undefined) delete translated.additionalProperties;
}
