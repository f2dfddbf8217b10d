import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ENV, SERVICES, URL_ENV } from '../contract.ts';
import { readConfig } from '../src/runtime/config.ts';
import { planPorts } from './ports.ts';
import { serviceEnv } from './service-env.ts';
import { STORE_VARIABLE } from './store.ts';

const VARIABLES: readonly string[] = [...Object.values(ENV), ...Object.values(URL_ENV)];

function example(name: string): { readonly set: Record<string, string>; readonly named: readonly string[] } {
  const text = readFileSync(join(import.meta.dirname, '../..', name), 'utf8');
  const set = parseEnv(text) as Record<string, string>;
  return { set, named: Object.keys(parseEnv(text.replaceAll(/^#(?=[A-Z_]+=)/gm, ''))) };
}

describe.each(['staging', 'production'])('.env.%s.example', (environment) => {
  const { set, named } = example(`.env.${environment}.example`);

  it.each(SERVICES)('starts %s', (service) => {
    expect(readConfig({ ...set, [ENV.service]: service })).toMatchObject({ service, environment, seed: false });
  });

  it('holds no secret, and no variable that nobody reads', () => {
    expect(named).not.toContain(ENV.adminKey);
    expect(named).not.toContain(ENV.redisPassword);
    expect(named.filter((name) => !VARIABLES.includes(name))).toEqual([]);
  });
});

describe('.env.example', () => {
  const { set, named } = example('.env.example');

  it('starts every service of a laptop', () => {
    const laptop = { ports: planPorts(), host: '127.0.0.1', redisUrl: 'redis://127.0.0.1:8100', given: set };
    const envs = SERVICES.map((service) => serviceEnv({ service, ...laptop }));
    expect(envs.map((env) => readConfig(env).service)).toEqual(SERVICES);
  });

  it('names no variable that nobody reads', () => {
    const known = [...VARIABLES, STORE_VARIABLE, 'DEV_PORT', 'DEV_DATA'];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});
