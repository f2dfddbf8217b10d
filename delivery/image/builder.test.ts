import { describe, expect, it } from 'vitest';
import { BUILDERS, buildArguments, findBuilder } from './builder.ts';

describe('finding an image builder', () => {
  it('prefers docker, but only with an engine', () => {
    expect(findBuilder(() => true).name).toBe('docker');
    expect(findBuilder((command, [probe]) => command !== 'docker' || probe !== 'info').name).toBe('podman');
    expect(findBuilder((command) => command === 'buildah').name).toBe('buildah');
  });

  it('says what to install where there is none', () => {
    expect(() => findBuilder(() => false)).toThrow('tried docker, podman, buildah');
  });
});

describe('the command of a build', () => {
  const image = { tag: 'quotes:1', version: '1', revision: 'abc', created: '2026-01-01', extra: ['--target', 'test'] };

  it.each(BUILDERS.map((builder) => [builder.name, builder] as const))(
    'of %s labels the image and takes more arguments',
    (_, builder) => {
      const args = buildArguments(builder, image).join(' ');
      expect(args).toContain('--file app/Dockerfile --tag quotes:1');
      expect(args).toContain(
        '--build-arg VERSION=1 --build-arg REVISION=abc --build-arg CREATED=2026-01-01 --target test .',
      );
      expect(args.includes('--format docker')).toBe(builder.name !== 'docker');
    },
  );
});
