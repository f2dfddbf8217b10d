import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ENV } from '../app/contract.ts';
import { catalog } from '../charts/catalog.ts';
import { production } from '../charts/environments/production.ts';
import { staging } from '../charts/environments/staging.ts';
import { environmentOf } from '../charts/microservice/part.ts';
import { planOf } from './platform.ts';

describe.each([staging, production].map((environment) => [environment.name, environment] as const))(
  '.env.%s.example',
  (_, environment) => {
    const example = parseEnv(readFileSync(new URL(`../.env.${environment.name}.example`, import.meta.url), 'utf8'));
    /** What the manifests set for any of the services, but for which service it is. */
    const manifests = Object.assign({}, ...catalog.map((service) => environmentOf(service, planOf(environment))));

    // Which service it is, and whose user of the store, is what the reader chooses.
    const chosen: string[] = [ENV.service, ENV.redisUsername, ENV.otlpEndpoint];
    it.each(Object.keys(manifests).filter((key) => !chosen.includes(key)))(
      'gives %s the value that the manifests give it',
      (key) => {
        expect(example[key]).toBe(manifests[key]);
      },
    );
  },
);
