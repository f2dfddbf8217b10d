export type { Resources } from '../constructs/quantity.ts';
