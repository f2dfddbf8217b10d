import { describe, expect, it } from 'vitest';
import { SERVICES } from '../contract.ts';
import { readOptions } from './options.ts';

describe('the command line of npm run dev', () => {
  it('starts every service on this machine alone unless told otherwise', () => {
    expect(readOptions([], {})).toEqual({ command: 'run', only: SERVICES, frontPort: 8080, host: '127.0.0.1' });
  });

  it('takes some services, a port and other machines', () => {
    expect(readOptions(['--only', 'search,quotes', '--port', '9000', '--public'], {})).toEqual({
      command: 'run',
      only: ['quotes', 'search'],
      frontPort: 9000,
      host: '0.0.0.0',
    });
  });

  it('takes the port of DEV_PORT, and an option before it', () => {
    expect(readOptions(['reset'], { DEV_PORT: '9100' })).toMatchObject({ command: 'reset', frontPort: 9100 });
    expect(readOptions(['--port', '9000'], { DEV_PORT: '9100' }).frontPort).toBe(9000);
  });

  it('names every problem at once', () => {
    expect(() => readOptions(['launch', '--only', 'cart,users'], {})).toThrow(
      /'launch' is not a command\n--only: there is no service 'cart'; give some of front, users/,
    );
    expect(() => readOptions(['--port', '99999'], {})).toThrow("given '99999'");
  });
});
