import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/temporary-folder.ts';

const SETTINGS = "SERVERS='redis-0.redis redis-1.redis'\nSENTINELS='redis-sentinel-0.redis-sentinel'\n";
const KUBELET = '# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n10.0.0.7\tredis-0.redis.shop.svc\tredis-0\n';

/** One round of remember_names in a pod with this hosts file, where the name server gives these addresses. */
function hostsAfter(hosts: string, addresses: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'settings.sh'), SETTINGS);
  const file = join(folder, 'hosts');
  writeFileSync(file, hosts);
  const answers = Object.entries(addresses).map(([name, address]) => `${name}.*) echo '${address}  name' ;;`);
  const script = [
    `. ${join(import.meta.dirname, 'lib.sh')}`,
    `getent() { case $2 in ${answers.join(' ')} *) return 2 ;; esac; }`,
    'sleep() { exit 0; }',
    'remember_names',
  ].join('\n');
  const env = { ...process.env, CONFIG_DIR: folder, NAMES_FILE: file };
  const { status, stderr } = spawnSync('sh', ['-c', script], { env, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return readFileSync(file, 'utf8');
}

describe('the names of the group in the hosts file of a pod', () => {
  it('are added to what the kubelet wrote, and follow their addresses', () => {
    const known = hostsAfter(KUBELET, { 'redis-0.redis': '10.0.0.7', 'redis-1.redis': '10.0.0.8' });
    expect(known).toBe(`${KUBELET}10.0.0.7 redis-0.redis\n10.0.0.8 redis-1.redis\n`);
    const moved = hostsAfter(known, { 'redis-0.redis': '10.0.0.9', 'redis-1.redis': '10.0.0.8' });
    expect(moved).toBe(`${KUBELET}10.0.0.8 redis-1.redis\n10.0.0.9 redis-0.redis\n`);
  });

  it('take no line away that is like theirs', () => {
    const others = `${KUBELET}10.0.0.5 redis-1xredis\n`;
    expect(hostsAfter(others, { 'redis-1.redis': '10.0.0.8' })).toBe(`${others}10.0.0.8 redis-1.redis\n`);
  });

  it('stay while no name server answers', () => {
    const known = `${KUBELET}10.0.0.8 redis-1.redis\n`;
    expect(hostsAfter(known, {})).toBe(known);
  });

  it('come back when a writer was killed while the file was empty', () => {
    expect(hostsAfter('', { 'redis-0.redis': '10.0.0.7' })).toBe('\n10.0.0.7 redis-0.redis\n');
  });
});
