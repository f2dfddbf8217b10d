import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { environments } from '../../charts/environments/all.ts';
import { OPTIONS, requestOf } from './request.ts';

describe('the command line of a promotion', () => {
  it.each([
    ['', "'' is no environment"],
    ['prod --from staging', `'prod' is no environment: give one of ${environments.map(({ name }) => name).join(', ')}`],
    ['production', 'what shall run?'],
    ['production --from production', 'cannot be promoted from itself'],
    ['production --from staging --tag 1.0.0', '--from brings tag and digest'],
    ['dev staging --tag 1.0.0', 'one environment at a time'],
    ['production --from staging --emergency now', 'says too little'],
  ])('refuses "%s"', (args, message) => {
    const words = args.split(' ').filter((word) => word !== '');
    expect(() => requestOf(parseArgs({ args: words, allowPositionals: true, options: OPTIONS }))).toThrow(message);
  });
});
