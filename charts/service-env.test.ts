import { describe, expect, it } from 'vitest';
import { dev } from './environments/dev.ts';
import { production } from './environments/production.ts';
import { staging } from './environments/staging.ts';
import { imageOf } from './image.ts';
import { publicUrl, serviceEnv } from './service-env.ts';
import { front } from './services/front.ts';
import { quotes } from './services/quotes.ts';
import { users } from './services/users.ts';

describe('the environment of a process', () => {
  it('says who it is and where it listens', () => {
    expect(serviceEnv(users, production)).toMatchObject({
      SERVICE: 'users',
      ENVIRONMENT: 'production',
      APP_VERSION: production.release.tag,
      LOG_LEVEL: 'info',
      HTTP_PORT: '5000',
      ADMIN_PORT: '8080',
    });
  });

  it('has one address per service that is called', () => {
    expect(serviceEnv(front, production)).toMatchObject({
      USERS_URL: 'http://users',
      QUOTES_URL: 'http://quotes',
      SEARCH_URL: 'http://search',
    });
    expect(Object.keys(serviceEnv(users, production))).not.toContain('QUOTES_URL');
  });

  it('has the way to the store where the store is called', () => {
    expect(Object.keys(serviceEnv(quotes, dev)).filter((key) => key.startsWith('REDIS'))).not.toEqual([]);
    expect(Object.keys(serviceEnv(front, dev)).filter((key) => key.startsWith('REDIS'))).toEqual([]);
  });

  it('has the address that people see where pages are served', () => {
    expect(serviceEnv(front, production)).toHaveProperty('PUBLIC_URL', 'https://quotes.example.com');
    expect(serviceEnv(users, production)).not.toHaveProperty('PUBLIC_URL');
    expect(publicUrl(dev)).toBe('http://quotes.localhost');
  });

  it('loads the seed into the store of the quotes, in dev only', () => {
    expect(serviceEnv(quotes, dev)).toHaveProperty('SEED', 'true');
    expect(serviceEnv(users, dev)).not.toHaveProperty('SEED');
    expect(serviceEnv(quotes, production)).not.toHaveProperty('SEED');
  });

  it('sends spans where a collector runs', () => {
    expect(serviceEnv(users, staging)).toHaveProperty(
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'http://jaeger.quotes-staging-monitoring:4318',
    );
    expect(serviceEnv(users, dev)).not.toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT');
  });

  it.each([dev, staging, production])('holds no secret in $name', (environment) => {
    for (const service of [front, users, quotes]) {
      const keys = Object.keys(serviceEnv(service, environment));
      expect(keys.filter((key) => /PASSWORD|ADMIN_KEY|TOKEN|SECRET$/.test(key))).toEqual([]);
    }
  });
});

describe('the image', () => {
  it('goes by tag, and by digest once one was pushed', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(imageOf({ tag: '1.2.3', digest: null })).toMatch(/^[a-z0-9./-]+:1\.2\.3$/);
    expect(imageOf({ tag: '1.2.3', digest })).toBe(`${imageOf({ tag: '1.2.3', digest: null })}@${digest}`);
  });
});
