import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTraceContext, requestIdOf, traceHeaders } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('the trace context', () => {
  it('is continued under a span of its own', () => {
    const trace = readTraceContext(`00-${TRACE}-${SPAN}-01`, 'vendor=1');
    expect(trace).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, sampled: true, state: 'vendor=1' });
    expect(trace.spanId).not.toBe(SPAN);
    expect(traceHeaders(trace)).toEqual({ traceparent: `00-${TRACE}-${trace.spanId}-01`, tracestate: 'vendor=1' });
  });

  it('keeps what the caller decided about recording', () => {
    const trace = readTraceContext(`00-${TRACE}-${SPAN}-00`, undefined);
    expect(traceHeaders(trace)).toEqual({ traceparent: `00-${TRACE}-${trace.spanId}-00` });
  });

  it('of a later version is read by what is known of it', () => {
    expect(readTraceContext(`cc-${TRACE}-${SPAN}-01-more`, undefined).traceId).toBe(TRACE);
  });

  it('begins anew where the header is malformed', () => {
    const malformed = [
      `ff-${TRACE}-${SPAN}-01`,
      `00-${TRACE}-${SPAN}-01-more`,
      `00-${'0'.repeat(32)}-${SPAN}-01`,
      `00-${TRACE}-${'0'.repeat(16)}-01`,
      'x',
      '',
    ];
    for (const header of malformed) {
      const trace = readTraceContext(header, 'a=1');
      expect(trace).toMatchObject({ parentSpanId: undefined, state: undefined });
      expect(trace.traceId).not.toBe(TRACE);
    }
  });

  it('is well formed whatever the headers hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ maxLength: 600 }), (parent, state) => {
        const { traceparent } = traceHeaders(readTraceContext(parent, state));
        expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
      }),
    );
  });

  it('differs from request to request', () => {
    const ids = Array.from({ length: 5000 }, () => readTraceContext(undefined, undefined).traceId);
    expect(new Set(ids).size).toBe(5000);
  });
});

describe('the request id', () => {
  it("is the caller's where it is harmless, else the trace id", () => {
    expect(requestIdOf('order-7:a.b_c', TRACE)).toBe('order-7:a.b_c');
    for (const header of ['', 'a b', '"', 'x'.repeat(65), ['a', 'b'], undefined])
      expect(requestIdOf(header, TRACE)).toBe(TRACE);
  });
});
