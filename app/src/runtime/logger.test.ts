import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createAccessLog } from '../http/access-log.ts';
import { RequestMetrics } from '../http/request-metrics.ts';
import { openLogging } from './logger.ts';

const CONFIG = { service: 'quotes', environment: 'dev', version: '1.2.3', logLevel: 'info' } as const;
const ENTRY = {
  method: 'GET',
  path: '/',
  counters: new RequestMetrics(new Registry()).counters('GET', '/'),
  status: 200,
  seconds: 0.0015,
  requestId: 'r',
  traceId: 't',
  spanId: 's',
};

function setup(logLevel: 'info' | 'warn' = 'info') {
  const lines: string[] = [];
  const sink = { write: (line: string) => void lines.push(line) };
  return { lines, sink, logging: openLogging({ ...CONFIG, logLevel }, sink) };
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

  it('names the command that a store rejected, without what it was given', () => {
    const { lines, logging } = setup();
    const command = { name: 'fcall', args: ['create_record', 'Ada Lovelace'] };
    logging.log.warn({ err: Object.assign(new Error('MISCONF'), { command }) }, 'rejected');
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({ message: 'MISCONF', command: { name: 'fcall' } });
    expect(lines[0]).not.toContain('Ada');
  });

  it('has the request line in the shape of all others', () => {
    const { lines, sink, logging } = setup();
    createAccessLog(logging.log, sink)({ ...ENTRY, path: `/${'x'.repeat(500)}` });
    logging.log.info('other');
    const [request, other] = lines.map((line) => JSON.parse(line));
    expect(Object.keys(request)).toEqual(expect.arrayContaining(Object.keys(other)));
    expect(request).toMatchObject({ msg: 'request', status: 200, ms: 1.5, requestId: 'r' });
    expect(request.path).toHaveLength(200);
    const odd = { ...ENTRY, method: 'PURGE', path: '/"\u2028\\' };
    createAccessLog(logging.log, sink)(odd);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ method: 'PURGE', route: '/', path: odd.path });
  });

  it('leaves request lines out above the level info', () => {
    const { lines, sink, logging } = setup('warn');
    createAccessLog(logging.log, sink)(ENTRY);
    expect(lines).toEqual([]);
  });
});
