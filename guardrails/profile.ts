/** How much is asked of manifests that declare nothing themselves. */
export const PROFILES = ['baseline', 'restricted', 'production'] as const;
export type Profile = (typeof PROFILES)[number];
