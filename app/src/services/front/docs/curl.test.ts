import { describe, expect, it } from 'vitest';
import { curlOf } from './attempt.ts';
import { endpointsOf, type OpenApi, openApiSchema } from './openapi.ts';

const document: OpenApi = openApiSchema.parse({
  info: { title: 'quotes', version: '1' },
  paths: {
    '/quotes/{id}': {
      put: {
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string', examples: ['a b'] } },
          { name: 'mode', in: 'query', required: true, schema: { enum: ['fast'] } },
          { name: 'limit', in: 'query', schema: { type: 'integer' } },
        ],
        security: [{ adminKey: [] }],
        requestBody: {
          content: { 'application/json': { schema: { properties: { text: { examples: ["it's"] } } } } },
        },
      },
      get: { parameters: [{ name: 'id', in: 'path', required: true }] },
    },
  },
});

function curl(method: string, servers?: OpenApi['servers']): string {
  const [endpoint] = endpointsOf('quotes', { ...document, servers }).filter((each) => each.method === method);
  if (endpoint === undefined) throw new Error(`no ${method} in the fixture`);
  return curlOf(endpoint, 'http://here');
}

describe('the command of an endpoint', () => {
  it('fills in path and required query, asks for the key, and quotes the body for a shell', () => {
    expect(curl('put').split(' \\\n  ')).toEqual([
      "curl -X PUT 'http://here/quotes/a%20b?mode=fast'",
      '-H "Authorization: Bearer $ADMIN_KEY"',
      "-H 'Content-Type: application/json'",
      `-d '{"text":"it'\\''s"}'`,
    ]);
  });

  it('goes to the server that the document names', () => {
    expect(curl('get', [{ url: 'https://quotes.example' }])).toBe("curl 'https://quotes.example/quotes/some-id'");
  });
});
