import type { Platform } from './platform.ts';

/** Computes something about a platform once, however many rules ask for it. */
export function oncePerPlatform<T>(compute: (platform: Platform) => T): (platform: Platform) => T {
  const known = new WeakMap<Platform, { readonly value: T }>();
  return (platform) => {
    const found = known.get(platform) ?? { value: compute(platform) };
    known.set(platform, found);
    return found.value;
  };
}
