import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../root.ts';
import { documentOf, SERVICES_DESCRIBED } from './openapi-document.ts';

it.each(SERVICES_DESCRIBED)(
  'the client has the types of the API that %s has; else run npm run client',
  async (service) => {
    const types = readFileSync(join(ROOT, 'client', `${service}.generated.ts`), 'utf8');
    expect(types).toContain(hash('sha256', await documentOf(service)));
  },
);
