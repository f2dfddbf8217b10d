import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import { asAdmin, runApp } from '../../../test/run-app.ts';
import { ConfigError } from './config.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function startAndStop(env: Record<string, string>): Promise<void> {
  const app = await runApp({ service: 'quotes', env: { DEFAULT_SECRETS: 'false', SECRETS_DIR: folder, ...env } });
  await app.stop();
}

describe('a service that may not use default secrets', () => {
  it('does not start with a folder of secrets that holds no admin key', async () => {
    const file = join(folder, 'admin-key');
    const message = `${file}: is missing or empty; give an admin key of at least 16 characters`;
    await expect(startAndStop({})).rejects.toThrow(message);
    await expect(startAndStop({})).rejects.toBeInstanceOf(ConfigError);
  });

  it('does not start with an admin key that can be guessed', async () => {
    await writeFile(join(folder, 'admin-key'), 'short\n');
    await expect(startAndStop({})).rejects.toThrow('has 5 characters');
  });

  it('does not start with a previous admin key that can be guessed, for it opens as much', async () => {
    await writeFile(join(folder, 'admin-key'), 'long-enough-to-be-a-key');
    await writeFile(join(folder, 'admin-key-previous'), 'x');
    await expect(startAndStop({})).rejects.toThrow('admin-key-previous: has 1 characters');
  });

  it.each([
    ['of another alphabet', 'long-enough-but-clé'],
    ['with a space', 'long enough but two words'],
    ['with a control character', 'long-enough-but\x07bell'],
    ['of two lines', 'long-enough-to-be-a-key\nlong-enough-to-be-a-key'],
  ])('does not start with a key that no client can send: %s', async (_, key) => {
    await writeFile(join(folder, 'admin-key'), key);
    await expect(startAndStop({})).rejects.toThrow('has characters that no client can send');
  });

  it('does not start with a key that is longer than any that is read', async () => {
    await writeFile(join(folder, 'admin-key'), 'x'.repeat(1_001));
    await expect(startAndStop({})).rejects.toThrow('give an admin key of at most 1000');
  });

  it('does not start with named keys that are not written as names, scopes and keys', async () => {
    await writeFile(
      join(folder, 'admin-keys'),
      'CI quotes long-enough-to-be-a-key\nops all long-enough-to-be-a-key\nsam users short',
    );
    const start = startAndStop({});
    await expect(start).rejects.toThrow("admin-keys: the name 'CI' is not of letters");
    await expect(start).rejects.toThrow("admin-keys: the scope 'all' of 'ops' is none of users, quotes");
    await expect(start).rejects.toThrow('admin-keys: has 5 characters');
  });

  it('does not print a key whose line lacks its name or its scopes', async () => {
    await writeFile(join(folder, 'admin-key'), 'long-enough-to-be-a-key');
    for (const line of ['a-secret-of-somebody', 'ops a-secret-of-somebody']) {
      await writeFile(join(folder, 'admin-keys'), line);
      const message = await startAndStop({}).catch(String);
      expect(message).toContain("admin-keys: a line is not '<name> <scope>[,<scope>] <key>'");
      expect(message).not.toContain('a-secret');
    }
  });

  it.each([
    [
      'a name that comes twice',
      'ops users key-number-one-of-ops\nops users key-number-two-of-ops',
      "'ops' comes twice",
    ],
    ['the name of the key without a name', 'admin users key-number-one-of-ops', "'admin' comes twice"],
    ['a key that has two names', 'ops users key-number-one-of-ops\nci users key-number-one-of-ops', "'ci' comes twice"],
    ['the key without a name', 'ops users long-enough-to-be-a-key', 'with the key of another'],
    ['the name of whoever was refused', 'unknown users key-number-one-of-ops', 'stands for those who were refused'],
  ])('does not start where the trail could not tell who it was: %s', async (_, keys, message) => {
    await writeFile(join(folder, 'admin-key'), 'long-enough-to-be-a-key');
    await writeFile(join(folder, 'admin-keys'), keys);
    await expect(startAndStop({})).rejects.toThrow(message);
  });

  it('starts when the key before a rotation is the one after it', async () => {
    await writeFile(join(folder, 'admin-key'), 'long-enough-to-be-a-key');
    await writeFile(join(folder, 'admin-key-previous'), 'long-enough-to-be-a-key');
    await startAndStop({});
  });

  it('starts with a long one, from the file or from the environment', async () => {
    await startAndStop({ ADMIN_KEY: 'long-enough-to-be-a-key' });
    await writeFile(join(folder, 'admin-key'), 'long-enough-to-be-a-key');
    await startAndStop({});
  });

  it('goes on with the long one when a rotation brings one that can be guessed', async () => {
    await writeFile(join(folder, 'admin-key'), 'long-enough-to-be-a-key');
    const app = await runApp({ service: 'quotes', env: { DEFAULT_SECRETS: 'false', SECRETS_DIR: folder } });
    await writeFile(join(folder, 'admin-key'), 'short');
    await eventually(() => expect(app.lines.join()).toContain('has 5 characters'));
    const add = asAdmin('POST', { text: 'x', author: 'y' }, { Authorization: 'Bearer long-enough-to-be-a-key' });
    expect((await fetch(`${app.url}/quotes`, add)).status).toBe(201);
    await app.stop();
  });
});
