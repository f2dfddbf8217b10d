import { describe, expect, it } from 'vitest';
import { isSecretByName, secretIn } from './rules/security/secrets.ts';

describe('what is secret by its shape', () => {
  it.each([
    ['-----BEGIN EC PRIVATE KEY-----\nMHc', 'a private key'],
    ['redis://:swordfish@redis:6379/0', 'a password in a URL'],
    ['port 6379\nuser app on >swordfish ~* +@all', 'a password of a Redis user'],
    ['x9Kq2LmZ8vR4tW7pB3nC6yH1', 'a long random word'],
  ])('finds %j', (text, what) => {
    expect(secretIn(text)).toBe(what);
  });

  it.each([
    ['a checksum', 'acb8a156cb7babfa4d82893767218a57fb277fbc47720f43f46840ac7726b714'],
    ['a UUID', '7e57d004-2b97-0e7a-b45f-5387367791cd'],
    ['a URL without a password', 'http://quotes.quotes-production.svc.cluster.local:8080/healthz'],
    ['a URL with a variable for a password', 'redis://app:$PASSWORD@redis:6379'],
    ['a host with a port and an address further on', 'tcp://redis:6379 mail@example.org'],
    ['camel case', 'requiredDuringSchedulingIgnoredDuringExecution'],
    ['a digest', 'ghcr.io/shop/cart:1.2.3@sha256:0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d'],
    ['prose', 'The password of this user is kept in the vault, never here.'],
    ['PromQL', 'sum by(service)(rate(http_request_duration_seconds_bucket{le="0.5",route!~"/healthz|/readyz"}[5m]))'],
  ])('leaves %s alone', (_, text) => {
    expect(secretIn(text)).toBeUndefined();
  });
});

it('finds a random word wherever it stands', () => {
  for (let place = 0; place < 60; place += 1)
    expect(secretIn(`${' '.repeat(place)}x9Kq2LmZ8vR4tW7pB3nC6yH1 `), `after ${place} spaces`).toBe(
      'a long random word',
    );
});

it('looks through a text of any length', () => {
  expect(secretIn('x'.repeat(40_000_000))).toBeUndefined();
  expect(secretIn(`${'x'.repeat(40_000_000)} x9Kq2LmZ8vR4tW7pB3nC6yH1`)).toBe('a long random word');
});

describe('what is secret by its name', () => {
  it.each(['REDIS_PASSWORD', 'api-key', 'clientSecret', 'requirepass', 'ADMIN_KEY', 'db.password'])(
    'finds %s',
    (name) => {
      expect(isSecretByName(name, 'swordfish')).toBe(true);
    },
  );

  it.each(['PASSWORD_FILE', 'SECRET_NAME', 'TOKEN_TTL', 'KEYBOARD', 'SECRETS_DIR', 'monkey'])(
    'leaves %s alone',
    (name) => {
      expect(isSecretByName(name, 'swordfish')).toBe(false);
    },
  );

  it.each(['', 'true', '/run/secrets/key', '$(OTHER)', '<your key>', 'changeme', '300'])(
    'leaves the value %j alone',
    (value) => {
      expect(isSecretByName('PASSWORD', value)).toBe(false);
    },
  );

  it.each(['your-api-key-here', 'YOUR_PASSWORD', 'replace-me', 'enter-your-token', 'insert_value'])(
    'takes %s for a placeholder',
    (value) => {
      expect(isSecretByName('API_TOKEN', value)).toBe(false);
    },
  );

  it.each(['enter-sandman', 'your-9fK2xQ7', 'replace-3am'])('does not take %s for one', (value) => {
    expect(isSecretByName('DB_PASSWORD', value)).toBe(true);
  });
});
