export type { AddressRange } from '../constructs/traffic-policy.ts';
