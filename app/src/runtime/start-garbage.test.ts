import { setImmediate as endOfTurn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { runApp } from '../../../test/run-app.ts';
import { notReady, READY, type Readiness } from './readiness.ts';
import { collectOnceReady } from './start-garbage.ts';

describe('what a start leaves behind', () => {
  it('is collected once, after the first answer that the service is ready', async () => {
    const collect = vi.fn();
    let state: Readiness = notReady('it is starting');
    const readiness = collectOnceReady(() => state, collect);

    expect(readiness()).toEqual(notReady('it is starting'));
    await endOfTurn();
    expect(collect).not.toHaveBeenCalled();

    state = READY;
    expect(readiness()).toBe(READY);
    expect(collect, 'the probe is answered first').not.toHaveBeenCalled();
    await endOfTurn();
    expect(collect).toHaveBeenCalledWith({ type: 'major', flavor: 'last-resort' });

    readiness();
    await endOfTurn();
    expect(collect).toHaveBeenCalledTimes(1);
  });

  it('is collected in a service that runs where Node lets it', async () => {
    const collect = vi.fn();
    vi.stubGlobal('gc', collect);
    const app = await runApp({ service: 'users' });
    vi.unstubAllGlobals();
    await app.stop();
    expect(collect).toHaveBeenCalledTimes(1);
  });

  it('stays where the process cannot collect', async () => {
    const readiness = collectOnceReady(() => READY, undefined);
    expect(readiness()).toBe(READY);
    await endOfTurn();
  });
});
