export type { EnvironmentWithStore as Environment } from '../plan/environment.ts';
