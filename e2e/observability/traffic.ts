import type { PlatformUnderTest } from '../../test/platform-under-test.ts';
import { asAdmin } from '../../test/run-app.ts';

/** People and programs that use the platform, until they are told to stop: pages, reads, searches, writes, and a few mistakes. */
export class Traffic {
  #stopped = false;
  readonly #done: Promise<void>;

  constructor(services: Omit<PlatformUnderTest, 'stop'>) {
    this.#done = this.#run(services);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #run({ front, users, quotes, search }: Omit<PlatformUnderTest, 'stop'>): Promise<void> {
    for (let turn = 0; !this.#stopped; turn++) {
      const visits: [string, RequestInit?][] = [
        [`${front.url}/`],
        [`${front.url}/browse`],
        [`${front.url}/find?keyword=truth`],
        [`${quotes.url}/quotes?limit=5`],
        [`${quotes.url}/quotes/random`],
        [`${quotes.url}/quotes/none-${turn}`],
        [`${quotes.url}/quotes`, asAdmin('POST', { id: `t${turn}`, text: `traffic ${turn}`, author: 'Somebody' })],
        [`${search.url}/search?keyword=wisdom`],
        [`${users.url}/users`, asAdmin('GET')],
        [`${users.url}/users`],
      ];
      await Promise.all(visits.map(async ([url, init]) => (await fetch(url, init)).arrayBuffer().catch(() => {})));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
