import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a stub answers: a status with a JSON body, silence, or a broken connection. */
export type StubAnswer =
  | { readonly status?: number; readonly body?: unknown; readonly text?: string; readonly afterMs?: number }
  | 'hang'
  | 'reset';

export interface StubRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A service over a real socket that answers what a test tells it to. */
export class StubService {
  readonly requests: StubRequest[] = [];
  readonly #server: Server;
  #answer: (request: StubRequest) => StubAnswer;

  private constructor(answer: (request: StubRequest) => StubAnswer) {
    this.#answer = answer;
    this.#server = createServer(async (req, res) => {
      let body = '';
      for await (const chunk of req) body += chunk;
      const request = { method: req.method ?? '', url: req.url ?? '', headers: req.headers, body };
      this.requests.push(request);
      const reply = this.#answer(request);
      if (reply === 'hang') return;
      if (reply === 'reset') {
        req.socket.destroy();
        return;
      }
      setTimeout(() => {
        res.writeHead(reply.status ?? 200, { 'content-type': 'application/json' });
        res.end(reply.text ?? (reply.body === undefined ? '' : JSON.stringify(reply.body)));
      }, reply.afterMs ?? 0);
    });
  }

  static async start(answer: (request: StubRequest) => StubAnswer): Promise<StubService> {
    const stub = new StubService(answer);
    await new Promise<void>((resolve) => stub.#server.listen(0, '127.0.0.1', resolve));
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on. */
  answers(answer: (request: StubRequest) => StubAnswer): void {
    this.#answer = answer;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
