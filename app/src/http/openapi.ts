import { type ZodType, z } from 'zod';
import type { Config } from '../runtime/config.ts';
import { PROBLEM_TYPE } from './problem.ts';
import { ProblemSchema } from './problem-schema.ts';
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
      securitySchemes: { adminKey: { type: 'http', scheme: 'bearer', description: 'The admin key' } },
    },
  };
}

function operation(route: Route): object {
  const parameters = [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')];
  return {
    summary: route.summary,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: requestBody(route, route.body) }),
    ...(route.admin && { security: [{ adminKey: [] }] }),
    responses: {
      ...Object.fromEntries(Object.entries(route.responses).map(([status, spec]) => [status, response(status, spec)])),
      default: problemResponse('A problem (RFC 9457)'),
    },
  };
}

function requestBody(route: Route, schema: ZodType): object {
  return {
    required: true,
    content: { [FORMAT_TYPES[route.bodyFormat ?? 'json']]: { schema: jsonSchema(schema, 'input') } },
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
function parametersOf(schema: ZodType | undefined, where: 'path' | 'query'): object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input');
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }));
}

/** OpenAPI 3.1 speaks JSON Schema 2020-12, so zod's own translation is taken as it is. */
function jsonSchema(schema: ZodType, io: 'input' | 'output'): z.core.JSONSchema.BaseSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
