import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { parseImage, Registries } from './registry.ts';

describe('the name of an image', () => {
  it.each([
    ['valkey:8', { registry: 'docker.io', repository: 'library/valkey', tag: '8', digest: undefined }],
    ['a/b', { registry: 'docker.io', repository: 'a/b', tag: undefined, digest: undefined }],
    ['localhost:5000/a:1', { registry: 'localhost:5000', repository: 'a', tag: '1', digest: undefined }],
    ['ghcr.io/a/b:1@sha256:c', { registry: 'ghcr.io', repository: 'a/b', tag: '1', digest: 'sha256:c' }],
  ])('%s is read as a registry reads it', (image, parts) => {
    expect(parseImage(image)).toEqual(parts);
  });
});

describe('a registry that is in trouble', () => {
  let server: Server;
  afterEach(() => server.close());

  async function registryThat(answers: RequestListener): Promise<string> {
    server = createServer(answers);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('is named with its answer, never taken for one without the image', async () => {
    const host = await registryThat((_, response) => response.writeHead(503).end());
    await expect(new Registries().digestOf(`${host}/a:1`)).rejects.toThrow('it answered 503');
    await expect(new Registries().tags(`${host}/a:1`)).rejects.toThrow('it answered 503');
  });

  it('is named when it cannot be reached', async () => {
    const host = await registryThat(() => {});
    server.close();
    await expect(new Registries().digestOf(`${host}/a:1`)).rejects.toThrow(`the registry ${host} cannot be reached`);
  });

  it('is asked again with the token that it sends for', async () => {
    const seen: (string | undefined)[] = [];
    const host = await registryThat((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url?.startsWith('/token') === true) return response.end('{"token":"t"}');
      if (request.headers.authorization === 'Bearer t')
        return response.writeHead(200, { 'docker-content-digest': 'sha256:c' }).end();
      const realm = `http://${request.headers.host}/token`;
      return response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",scope="pull"` }).end();
    });
    expect(await new Registries('me:secret').digestOf(`${host}/a:1`)).toBe('sha256:c');
    expect(seen).toEqual([undefined, `Basic ${Buffer.from('me:secret').toString('base64')}`, 'Bearer t']);
  });
});
