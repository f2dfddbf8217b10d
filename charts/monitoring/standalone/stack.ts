import type { StandaloneMonitoring } from '../../plan/environment.ts';
import type { MonitoringContext } from '../../plan/part.ts';

/** What every program of one environment's monitoring is made from. */
export interface Stack {
  readonly context: MonitoringContext;
  readonly monitoring: StandaloneMonitoring;
  /** Where the programs run. */
  readonly namespace: string;
}
