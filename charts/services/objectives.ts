import type { Objectives } from './service.ts';

/** The platform's promise (design, "Numbers"): 99.9 % availability, P95 below 500 ms, P99 below 1 s. */
export const PLATFORM_OBJECTIVES: Objectives = { availabilityPercent: 99.9, p95Seconds: 0.5, p99Seconds: 1 };
