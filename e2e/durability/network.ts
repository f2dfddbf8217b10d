import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Nobody's card: what is sent there arrives nowhere, and nobody is told. */
const NOBODY = '02:00:00:00:00:00';
const BRIDGE = 'switch';
/** Room for one line of the hosts file: all versions have the same size, so that each is written in one step. */
const LINE = 64;
const LINES = 16;

/**
 * A switch, and pods with an address each behind links of their own. The suite stands at the switch itself:
 * what is cut between pods never hides them from it.
 */
export class Network {
  /** What resolves names in every pod. */
  readonly hostsFile: string;
  readonly #addresses = new Map<string, string>();
  readonly #cut: (readonly [pod: string, address: string])[] = [];
  readonly #pods = new Map<string, string>();
  #next = 2;

  constructor(folder: string) {
    this.hostsFile = join(folder, 'hosts');
    closeSync(openSync(this.hostsFile, 'w'));
    this.#writeNames();
    ip(['link', 'add', BRIDGE, 'type', 'bridge']);
    ip(['address', 'add', '10.77.0.1/16', 'dev', BRIDGE]);
    ip(['link', 'set', BRIDGE, 'up']);
  }

  /** A namespace and its link to the switch. */
  add(pod: string): void {
    const port = `port${this.#next}`;
    this.#next += 1;
    this.#pods.set(pod, port);
    ip(['netns', 'add', pod]);
    ip(['link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pod]);
    ip(['link', 'set', port, 'master', BRIDGE, 'up']);
    batch(pod, ['link set lo up', 'link set eth0 up']);
  }

  /** A new address under the pod's name: pods keep their names, never their addresses. */
  assign(pod: string, host: string): string {
    const address = `10.77.1.${this.#next}`;
    this.#next += 1;
    batch(pod, ['address flush dev eth0', `address add ${address}/16 dev eth0`]);
    this.#addresses.set(host, address);
    this.#writeNames();
    return address;
  }

  /** The name leads nowhere until the pod is there again. */
  release(host: string): void {
    this.#addresses.delete(host);
    this.#writeNames();
  }

  addressOf(host: string): string {
    return this.#addresses.get(host) ?? '127.0.0.2';
  }

  /** Every packet between the two sides is lost in silence, in both directions, from now on. */
  cut(left: readonly Endpoint[], right: readonly Endpoint[]): void {
    for (const [from, to] of [
      [left, right],
      [right, left],
    ] as const) {
      for (const { pod } of from) {
        const addresses = to.map(({ host }) => this.addressOf(host));
        batch(
          pod,
          addresses.map((address) => `neighbour replace ${address} lladdr ${NOBODY} dev eth0 nud permanent`),
        );
        this.#cut.push(...addresses.map((address) => [pod, address] as const));
      }
    }
  }

  heal(): void {
    for (const [pod, address] of this.#cut.splice(0)) batch(pod, [`neighbour delete ${address} dev eth0`]);
  }

  /** Another network can take its place. */
  destroy(): void {
    for (const [pod, port] of this.#pods) {
      // The kernel takes a namespace apart later, and with it the link, whose name would be taken for the next network.
      ip(['link', 'delete', port]);
      ip(['netns', 'delete', pod]);
    }
    ip(['link', 'delete', BRIDGE]);
  }

  #writeNames(): void {
    const lines = ['127.0.0.1 localhost', ...[...this.#addresses].map(([host, address]) => `${address} ${host}`)];
    const padded = Array.from({ length: LINES }, (_, index) => `${(lines[index] ?? '#').padEnd(LINE - 1)}\n`);
    const file = openSync(this.hostsFile, 'r+');
    writeSync(file, padded.join(''), 0);
    closeSync(file);
  }
}

/** A pod in the network: its namespace, and the name that leads to it. */
export interface Endpoint {
  readonly pod: string;
  readonly host: string;
}

function ip(args: readonly string[], input?: string): void {
  execFileSync('ip', args, { stdio: ['pipe', 'ignore', 'inherit'], ...(input !== undefined && { input }) });
}

function batch(pod: string, commands: readonly string[]): void {
  ip(['-n', pod, '-batch', '-'], `${commands.join('\n')}\n`);
}
