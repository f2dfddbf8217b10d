import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import { Secrets, type SecretValues } from './secrets.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'));
});
afterEach(() => rm(folder, { recursive: true }));

const keysOf = ({ adminKeys }: SecretValues) => adminKeys.map(({ key }) => key);
const write = (name: string, text: string) => writeFile(join(folder, name), text);

describe('secrets', () => {
  it('have a default for the admin key in dev only', () => {
    expect(keysOf(new Secrets({ env: {}, defaultSecrets: true }).current)).toEqual(['dev-admin-key']);
    expect(keysOf(new Secrets({ env: {}, defaultSecrets: false }).current)).toEqual([]);
  });

  it('come from the files before the environment, without the line end', async () => {
    await write('admin-key', 'from-file\n');
    await write('redis-password', 'password\n');
    const env = { SECRETS_DIR: folder, ADMIN_KEY: 'from-env' };
    const { current } = new Secrets({ env, defaultSecrets: false });
    expect(keysOf(current)).toEqual(['from-file']);
    expect(current.redisPassword).toBe('password');
  });

  it('accept the previous admin key while a rotation is under way', async () => {
    await write('admin-key', 'new');
    await write('admin-key-previous', 'old');
    const { current } = new Secrets({ env: { SECRETS_DIR: folder }, defaultSecrets: false });
    expect(keysOf(current)).toEqual(['new', 'old']);
  });

  it('may have names and scopes, beside the key without a name or in its place', async () => {
    await write('admin-keys', '# the robots\nci quotes one\n\nops  users,quotes  two\n');
    const { current } = new Secrets({ env: { SECRETS_DIR: folder }, defaultSecrets: false });
    expect(current.adminKeys).toEqual([
      { name: 'ci', scopes: ['quotes'], key: 'one' },
      { name: 'ops', scopes: ['users', 'quotes'], key: 'two' },
    ]);
    const env = { ADMIN_KEY: 'all', ADMIN_KEYS: 'ci quotes one;ops users two' };
    expect(new Secrets({ env, defaultSecrets: false }).current.adminKeys.map(({ name }) => name)).toEqual([
      'admin',
      'ci',
      'ops',
    ]);
  });

  it('are read again when their files change, and tell who listens', async () => {
    await write('admin-key', 'one');
    const secrets = new Secrets({ env: { SECRETS_DIR: folder }, defaultSecrets: false });
    const heard: (string | undefined)[] = [];
    secrets.onChange(({ redisPassword }) => heard.push(redisPassword));
    secrets.watch(10);
    await write('redis-password', 'fresh');
    await eventually(() => expect(heard).toEqual(['fresh']));
    secrets.stop();
    expect(keysOf(secrets.current)).toEqual(['one']);
  });

  it('keep the last good admin key when its file vanishes', async () => {
    await write('admin-key', 'kept');
    const secrets = new Secrets({ env: { SECRETS_DIR: folder }, defaultSecrets: false });
    await rm(join(folder, 'admin-key'));
    await secrets.reread();
    expect(keysOf(secrets.current)).toEqual(['kept']);
  });

  it('keep both admin keys when the current one vanishes beside the previous one', async () => {
    await write('admin-key', 'current');
    await write('admin-key-previous', 'previous');
    const secrets = new Secrets({ env: { SECRETS_DIR: folder }, defaultSecrets: false });
    await rm(join(folder, 'admin-key'));
    await secrets.reread();
    expect(keysOf(secrets.current)).toEqual(['current', 'previous']);
  });

  it('report a file that cannot be read, and stay as they were', async () => {
    await write('admin-key', 'kept');
    const errors: Error[] = [];
    const env = { SECRETS_DIR: folder };
    const secrets = new Secrets({ env, defaultSecrets: false, onError: (error) => errors.push(error) });
    await rm(join(folder, 'admin-key'));
    await mkdir(join(folder, 'admin-key'));
    await secrets.reread();
    expect(errors).toHaveLength(1);
    expect(keysOf(secrets.current)).toEqual(['kept']);
  });

  it('keep the last admin key when the new one is refused, say so once, and take the password beside it', async () => {
    await write('admin-key', 'long enough');
    const errors: string[] = [];
    const secrets = new Secrets({
      env: { SECRETS_DIR: folder },
      defaultSecrets: false,
      problemsOf: (values) => keysOf(values).flatMap((key) => (key.length < 10 ? [`${key} is too short`] : [])),
      onError: ({ message }) => errors.push(message),
    });
    await write('admin-key', 'short');
    await write('redis-password', 'fresh');
    await secrets.reread();
    await secrets.reread();
    expect(keysOf(secrets.current)).toEqual(['long enough']);
    expect(secrets.current.redisPassword).toBe('fresh');
    expect(errors).toEqual(['short is too short']);
  });

  it('do nothing without a folder', async () => {
    const secrets = new Secrets({ env: { ADMIN_KEY: 'x' }, defaultSecrets: false });
    secrets.watch(1);
    await secrets.reread();
    expect(keysOf(secrets.current)).toEqual(['x']);
  });
});
