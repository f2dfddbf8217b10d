import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { requireStore } from '../../test/real-store.ts';
import { findProgram } from '../../test/requires.ts';

/** Debian's libnss-wrapper: host names from a file, for the processes that load it. */
const NSS_WRAPPER_PATHS = ['x86_64', 'aarch64'].map((arch) => `/usr/lib/${arch}-linux-gnu/libnss_wrapper.so`);

/** The library's path; undefined on a laptop without it, an error under CI=true. */
export function requireNssWrapper(): string | undefined {
  const path = NSS_WRAPPER_PATHS.find((candidate) => existsSync(candidate));
  if (path === undefined && process.env['CI'] === 'true') {
    throw new Error('libnss-wrapper is not installed: CI must not skip the tests that need it');
  }
  if (path === undefined) console.warn('libnss-wrapper is not installed: the tests that need it are skipped');
  return path;
}

/** Names and addresses of a group of pods: each start gets a new address of 127.0.0.0/8, and a dead pod's name leads nowhere. */
export class PodNetwork {
  /** For the processes of the group: the names of the pods, and BusyBox' tools first where this machine has them, as in the image. */
  readonly environment: NodeJS.ProcessEnv;
  private readonly hostsFile: string;
  private readonly addresses = new Map<string, string>();
  private readonly prefix: string;
  private next = 1;
  private version = 1;

  constructor(folder: string, nssWrapper: string) {
    this.prefix = `127.${64 + Math.floor(Math.random() * 128)}.${Math.floor(Math.random() * 256)}`;
    this.hostsFile = join(folder, 'hosts');
    this.write();
    const store = [requireStore('valkey-server')].flatMap((path) => (path === undefined ? [] : dirname(path)));
    this.environment = {
      PATH: [...busyBox(folder), ...store, process.env['PATH'] ?? '', '/usr/sbin'].join(':'),
      LD_PRELOAD: nssWrapper,
      NSS_WRAPPER_HOSTS: this.hostsFile,
    };
  }

  assign(host: string): string {
    const address = `${this.prefix}.${this.next}`;
    this.next += 1;
    this.addresses.set(host, address);
    this.write();
    return address;
  }

  release(host: string): void {
    this.addresses.delete(host);
    this.write();
  }

  addressOf(host: string): string | undefined {
    return this.addresses.get(host);
  }

  /** The library reads the file again when its time differs, in whole seconds: each version gets a second of its own. */
  private write(): void {
    writeFileSync(this.hostsFile, [...this.addresses].map(([host, address]) => `${address} ${host}\n`).join(''));
    this.version += 1;
    utimesSync(this.hostsFile, this.version, this.version);
  }
}

function busyBox(folder: string): string[] {
  const program = findProgram('busybox');
  if (program === undefined) return [];
  const tools = join(folder, 'busybox');
  mkdirSync(tools);
  execFileSync(program, ['--install', '-s', tools]);
  return [tools];
}
