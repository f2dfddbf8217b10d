import { Writable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BlockSink } from './log-sink.ts';

/** An output whose reader takes what it is given when it is told to. */
function reader() {
  const taken: string[] = [];
  let go: () => void = () => {};
  const output = new Writable({
    decodeStrings: false,
    write(chunk: string, _, done) {
      taken.push(chunk);
      go = done;
    },
  });
  return { output, taken, read: () => go() };
}

describe('the output of the log', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is written by the block, and what is left when it is flushed', () => {
    const { output, taken } = reader();
    const sink = new BlockSink(output);
    sink.write(`${'x'.repeat(8_000)}\n`);
    expect(taken).toEqual([]);
    sink.write(`${'y'.repeat(500)}\n`);
    expect(taken.map((block) => block.length)).toEqual([8_502]);
  });

  it('holds a bounded part of what nobody reads, and counts the lines that it drops', () => {
    const { output } = reader();
    const sink = new BlockSink(output);
    const line = `${'x'.repeat(999)}\n`;
    for (let count = 0; count < 20_000; count++) sink.write(line);
    expect(output.writableLength).toBeLessThan(5 * 2 ** 20);
    const held = output.writableLength / line.length;
    expect(sink.dropped + held).toBeGreaterThan(19_990);
    expect(sink.dropped + held).toBeLessThanOrEqual(20_000);
  });

  it('ends as soon as the last lines were read', async () => {
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(new AbortController().signal);
    const taken: string[] = [];
    const slow = new Writable({
      write: (chunk, _, done) => void setImmediate(() => done(void taken.push(`${chunk}`))),
    });
    const sink = new BlockSink(slow);
    sink.write('last\n');
    await sink.end();
    expect(taken).toContain('last\n');
  });

  it('ends in time where nobody reads', async () => {
    const sink = new BlockSink(reader().output);
    sink.write('never read\n');
    const started = performance.now();
    await sink.end();
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('is no reason to end when it fails', async () => {
    const output = new Writable({ write: (_, __, done) => done(new Error('the pipe is closed')) });
    const sink = new BlockSink(output);
    sink.write('first\n');
    sink.flush();
    await new Promise((resolve) => output.once('close', resolve));
    sink.write('second\n');
    sink.flush();
    expect(sink.dropped).toBe(1);
  });
});
