import { describe, expect, it } from 'vitest';
import { createAccessLog } from '../http/access-log.ts';
import { inBlocks, openLogging } from './logger.ts';

const CONFIG = { service: 'quotes', environment: 'dev', version: '1.2.3', logLevel: 'info' } as const;
const ENTRY = {
  method: 'GET',
  path: '/',
  route: '/',
  status: 200,
  seconds: 0.0015,
  requestId: 'r',
  traceId: 't',
  spanId: 's',
};

function setup(logLevel: 'info' | 'warn' = 'info') {
  const lines: string[] = [];
  const calls: string[] = [];
  const sink = {
    write: (line: string) => void lines.push(line),
    flushSync: () => void calls.push('flushSync'),
  };
  return { lines, calls, sink, logging: openLogging({ ...CONFIG, logLevel }, sink) };
}

describe('the log', () => {
  it('is JSON that says what runs, and hides secrets', () => {
    const { lines, logging } = setup();
    logging.log.info({ password: 'hunter2', request: { authorization: 'key' } }, 'hello');
    const line = JSON.parse(lines[0] ?? '');
    expect(line).toMatchObject({
      level: 'info',
      service: 'quotes',
      environment: 'dev',
      version: '1.2.3',
      msg: 'hello',
    });
    expect(lines[0]).not.toMatch(/hunter2|"key"/);
  });

  it('writes out what is buffered when it is closed, and never throws there', () => {
    const { calls, sink, logging } = setup();
    logging.close();
    expect(calls).toEqual(['flushSync']);
    sink.flushSync = () => {
      throw new Error('the disk is full');
    };
    expect(() => logging.close()).not.toThrow();
  });

  it('has the request line in the shape of all others', () => {
    const { lines, sink, logging } = setup();
    createAccessLog(logging.log, sink)({ ...ENTRY, path: `/${'x'.repeat(500)}` });
    logging.log.info('other');
    const [request, other] = lines.map((line) => JSON.parse(line));
    expect(Object.keys(request)).toEqual(expect.arrayContaining(Object.keys(other)));
    expect(request).toMatchObject({ msg: 'request', status: 200, ms: 1.5, requestId: 'r' });
    expect(request.path).toHaveLength(200);
  });

  it('leaves request lines out above the level info', () => {
    const { lines, sink, logging } = setup('warn');
    createAccessLog(logging.log, sink)(ENTRY);
    expect(lines).toEqual([]);
  });

  it('hands lines over in blocks, and what is left when it is flushed or closed', () => {
    const calls: string[] = [];
    const sink = inBlocks({
      write: (text) => void (text !== '' && calls.push(`${text.length} characters`)),
      flush: () => void calls.push('flush'),
      flushSync: () => void calls.push('flushSync'),
      on: () => undefined,
    });
    sink.write('x'.repeat(8_000));
    expect(calls).toEqual([]);
    sink.write('y'.repeat(500));
    expect(calls.splice(0)).toEqual(['8500 characters', 'flush']);
    sink.write('z');
    sink.flush?.();
    expect(calls.splice(0)).toEqual(['1 characters', 'flush']);
    sink.write('last');
    sink.flushSync?.();
    expect(calls).toEqual(['4 characters', 'flushSync']);
  });
});
