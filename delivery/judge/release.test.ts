import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { assetName, fetchJudge, formatChecksums, parseChecksums, TARGETS } from './release.ts';

const PROGRAM = 'the program of a release';
const NAME = assetName('1.34', { os: 'linux', architecture: 'amd64' });
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a judge from a release', () => {
  let server: Server;
  let from: string;
  beforeAll(async () => {
    server = createServer((request, response) =>
      request.url === `/v1.2.3/${NAME}` ? response.end(PROGRAM) : response.writeHead(404).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    from = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1.2.3`;
  });
  afterAll(() => server.close());

  const checksums = (sum: string) => {
    const parsed = parseChecksums(`# from ${from}\n${sum}  ${NAME}\n`);
    if (parsed === undefined) throw new Error('unreadable');
    return parsed;
  };

  it('is kept when its checksum is the one in the repository, and says where it is from', async () => {
    const program = join(temporaryFolder(), 'key', 'judge-1.34');
    expect(await fetchJudge(NAME, checksums(sha256(PROGRAM)), program)).toBe(`${from}/${NAME}`);
    expect(readFileSync(program, 'utf8')).toBe(PROGRAM);
  });

  it('is thrown away when the checksum is another', async () => {
    const program = join(temporaryFolder(), 'judge-1.34');
    await expect(fetchJudge(NAME, checksums(sha256('other')), program)).rejects.toThrow('it was thrown away');
    expect(() => readFileSync(program)).toThrow('ENOENT');
  });

  it('is known by the checksums that the release step writes', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, NAME), PROGRAM);
    const text = formatChecksums(folder, [NAME], from);
    expect(text).toBe(`# from ${from}\n${sha256(PROGRAM)}  ${NAME}\n`);
    expect(parseChecksums(text)).toEqual({ from, sums: new Map([[NAME, sha256(PROGRAM)]]) });
  });

  it('names what the release has when a platform is missing', async () => {
    await expect(fetchJudge('judge-1.34-plan9-mips', checksums(sha256(PROGRAM)), '/nowhere')).rejects.toThrow(NAME);
  });
});

it('has programs for Linux and macOS on both processors', () => {
  expect(TARGETS.map((target) => assetName('1.34', target))).toEqual([
    'judge-1.34-linux-amd64',
    'judge-1.34-linux-arm64',
    'judge-1.34-darwin-amd64',
    'judge-1.34-darwin-arm64',
  ]);
});

it.each(['', '# no release has been made\n', '# from https://example.com\n'])(
  'knows that there is no release in %j',
  (text) => {
    expect(parseChecksums(text)).toBeUndefined();
  },
);
