import { describe, expect, it } from 'vitest';
import { PLATFORM, serviceOf } from '../../test/platform.ts';
import { dev } from '../environments/dev.ts';
import type { Environment } from './environment.ts';
import { imageOf } from './part.ts';

describe('the image of ours', () => {
  it('goes by tag, and by digest once one was pushed', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const released = (release: Environment['release']) =>
      imageOf(serviceOf('users'), { ...PLATFORM, environment: { ...dev, release } });
    expect(released({ tag: '1.2.3', digest: null })).toBe(`${PLATFORM.project.image}:1.2.3`);
    expect(released({ tag: '1.2.3', digest })).toBe(`${PLATFORM.project.image}:1.2.3@${digest}`);
  });
});
