import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves a text of metrics, as a stand-in for a source that needs a cluster. */
export class Exposition {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(text: () => string): Promise<Exposition> {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4').end(text());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Exposition(server);
  }

  get target(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
