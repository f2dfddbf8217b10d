import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/v4';
import { requireProgram } from '../../test/requires.ts';
import { type ApiServer, startApiServer } from './api-server.ts';

const POLICY = join(import.meta.dirname, '../../docs/manifests/audit-policy.yaml');
const DEFAULT = '/api/v1/namespaces/default';
const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
const SECRET = 'hunter2-of-this-test';

const Entry = z.looseObject({
  verb: z.string(),
  requestURI: z.string(),
  stage: z.string(),
  user: z.object({ username: z.string() }),
});

describe.skipIf(requireProgram('etcd') === undefined)('the audit policy in a real API server', () => {
  let server: ApiServer;
  let token = '';
  let log = '';
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  /** What was kept of requests to an address. */
  const kept = (verb: string, address: string) =>
    log
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => Entry.parse(JSON.parse(line)))
      .filter((entry) => entry.verb === verb && entry.requestURI.startsWith(address))
      .filter(({ stage, user }) => stage === 'ResponseComplete' && !user.username.startsWith('system:api'));

  beforeAll(async () => {
    const file = join(folder, 'audit.log');
    const flags = [`--audit-policy-file=${POLICY}`, `--audit-log-path=${file}`, '--audit-log-mode=blocking-strict'];
    server = await startApiServer({ flags });
    const metadata = { name: 'watched' };
    const secret = { metadata, stringData: { password: SECRET } };
    await server.call('POST', `${DEFAULT}/secrets`, secret);
    await server.call('PUT', `${DEFAULT}/secrets/watched`, secret);
    await server.call('GET', `${DEFAULT}/secrets/watched`);
    await server.call('POST', `${DEFAULT}/configmaps`, { metadata, data: { password: SECRET } });
    await server.call('POST', `${DEFAULT}/serviceaccounts`, { metadata });
    const wanted = { spec: { audiences: ['somebody'], expirationSeconds: 3600 } };
    const { body } = await server.call('POST', `${DEFAULT}/serviceaccounts/watched/token`, wanted);
    token = z.object({ status: z.object({ token: z.string() }) }).parse(body).status.token;
    await server.call('POST', `${DEFAULT}/pods/watched/exec?command=sh&stdin=true`);
    for (const way of ['attach', 'portforward']) await server.call('POST', `${DEFAULT}/pods/watched/${way}`);
    const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
    const everyone = { apiGroup: role.apiGroup, kind: 'Group', name: 'system:authenticated' };
    await server.call('POST', ROLES, { metadata, roleRef: role, subjects: [everyone] });
    await server.call('DELETE', `${DEFAULT}/configmaps/watched`);
    await server.call('GET', `${DEFAULT}/pods`);
    const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
    await request(`${server.url}${DEFAULT}/secrets`, { dispatcher });
    await dispatcher.close();
    log = readFileSync(file, 'utf8');
  }, 300_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('keeps who read and wrote a secret', () => {
    for (const [verb, address] of [
      ['create', 'secrets'],
      ['update', 'secrets/watched'],
      ['get', 'secrets/watched'],
      ['create', 'configmaps'],
    ] as const)
      expect(kept(verb, `${DEFAULT}/${address}`)).toMatchObject([{ level: 'Metadata', user: { username: 'admin' } }]);
  });

  it('keeps no value of a secret and no token', () => {
    expect(token.length).toBeGreaterThan(100);
    for (const value of [SECRET, Buffer.from(SECRET).toString('base64'), token]) expect(log).not.toContain(value);
  });

  it('keeps for whom a token was asked, and for how long', () => {
    expect(kept('create', `${DEFAULT}/serviceaccounts/watched/token`)).toMatchObject([
      { level: 'Request', requestObject: { spec: { audiences: ['somebody'], expirationSeconds: 3600 } } },
    ]);
  });

  it('keeps who went into a pod, and with which command', () => {
    expect(kept('create', `${DEFAULT}/pods/watched/exec`)).toMatchObject([
      { level: 'Request', requestURI: expect.stringContaining('command=sh') },
    ]);
    expect(kept('create', `${DEFAULT}/pods/watched/attach`)).toMatchObject([{ level: 'Request' }]);
    expect(kept('create', `${DEFAULT}/pods/watched/portforward`)).toMatchObject([{ level: 'Request' }]);
  });

  it('keeps which rights were given to whom', () => {
    const [entry] = kept('create', ROLES);
    expect(entry).toMatchObject({
      level: 'Request',
      requestObject: { roleRef: { name: 'cluster-admin' }, subjects: [{ name: 'system:authenticated' }] },
    });
  });

  it('keeps that somebody without a name asked', () => {
    expect(kept('list', `${DEFAULT}/secrets`)).toMatchObject([
      { user: { username: 'system:anonymous' }, responseStatus: { code: 403 } },
    ]);
  });

  it('keeps deletions, and nothing of ordinary reads', () => {
    expect(kept('delete', `${DEFAULT}/configmaps/watched`)).toHaveLength(1);
    expect(kept('list', `${DEFAULT}/pods`)).toEqual([]);
    expect(kept('get', '/readyz')).toEqual([]);
  });
});
