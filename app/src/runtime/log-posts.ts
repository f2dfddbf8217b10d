import { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { linesOf } from './log-sink.ts';

const ANSWER_WITHIN_MS = 5_000;
const AGAIN_AFTER_MS = 1_000;
/** A post that is too long, or has a line that the store cannot read: its other lines are good. */
const REFUSED_FOR_ITS_LINES = [400, 413];

/**
 * Posts lines to a log store, all that have gathered while the last post was under way. What the store could not take is sent again, so that its
 * restart loses nothing that fits the sink's bound; a line that it refuses, or wants elsewhere (a redirect), is dropped and counted.
 */
export class LogPosts extends Writable {
  dropped = 0;
  readonly #url: string;

  constructor(url: string) {
    super();
    this.#url = url;
  }

  override _write(block: Buffer, _encoding: string, done: () => void): void {
    void this.#post(block).then(done);
  }

  override _writev(blocks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    void this.#post(Buffer.concat(blocks.map(({ chunk }) => chunk))).then(done);
  }

  async #post(body: Buffer): Promise<void> {
    while (body.length > 0) {
      const status = await this.#statusOf(body);
      if (status < 300) return;
      if (status < 500 && status !== 408 && status !== 429) {
        const cut = REFUSED_FOR_ITS_LINES.includes(status) ? middleOf(body) : 0;
        if (cut === 0) this.dropped += linesOf(body.toString());
        else for (const half of [body.subarray(0, cut), body.subarray(cut)]) await this.#post(half);
        return;
      }
      await wait(AGAIN_AFTER_MS, undefined, { ref: false });
    }
  }

  /** 503 where nobody answers. */
  async #statusOf(body: Buffer): Promise<number> {
    const headers = { 'content-type': 'application/stream+json' };
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    try {
      const answer = await fetch(this.#url, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
        signal,
        redirect: 'manual',
      });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return 503;
    }
  }
}

/** Where a line begins near the middle; 0 where there is only one line. */
function middleOf(body: Buffer): number {
  const begin = body.indexOf('\n', Math.ceil(body.length / 2) - 1) + 1;
  return begin < body.length ? begin : body.lastIndexOf('\n', -2) + 1;
}
