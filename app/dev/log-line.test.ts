import { describe, expect, it } from 'vitest';
import { readableLine } from './log-line.ts';

describe('a log line for a person', () => {
  it('tells a request in one glance', () => {
    const entry = {
      level: 'info',
      service: 'quotes',
      msg: 'request',
      method: 'GET',
      path: '/quotes',
      status: 200,
      ms: 3.4,
    };
    expect(readableLine('all', JSON.stringify(entry))).toBe('quotes  GET /quotes 200 3 ms');
  });

  it('tells who wrote what', () => {
    const entry = { level: 'info', msg: 'audit', who: 'ops', method: 'PUT', what: '/quotes/a', status: 200 };
    expect(readableLine('quotes', JSON.stringify(entry))).toBe('quotes  PUT /quotes/a 200 by ops');
  });

  it('tells level and error where something is wrong', () => {
    const entry = { level: 'error', msg: 'request failed', err: { message: 'no more' } };
    expect(readableLine('users', JSON.stringify(entry))).toBe('users   error: request failed no more');
  });

  it('passes on what is not structured', () => {
    expect(readableLine('redis', 'Ready to accept connections')).toBe('redis   Ready to accept connections');
    expect(readableLine('redis', '42')).toBe('redis   42');
  });
});
