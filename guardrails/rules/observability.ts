import type { Rule } from '../rule.ts';
import { alertsComplete } from './observability/alerts-complete.ts';
import { expressionsParse } from './observability/expressions-parse.ts';
import { metricLabelsExist } from './observability/metric-labels-exist.ts';
import { metricsExist } from './observability/metrics-exist.ts';
import { monitorsSelectTargets } from './observability/monitors-select-targets.ts';
import { receiversExist } from './observability/receivers-exist.ts';
import { runbooksExist } from './observability/runbooks-exist.ts';
import { thresholdsFitObjectives } from './observability/thresholds-fit-objectives.ts';
import { thresholdsFitScaling } from './observability/thresholds-fit-scaling.ts';
import { workloadsAreScraped } from './observability/workloads-are-scraped.ts';

/** In the order in which they judge. */
export const observability: readonly Rule[] = [
  expressionsParse,
  metricsExist,
  metricLabelsExist,
  alertsComplete,
  runbooksExist,
  monitorsSelectTargets,
  receiversExist,
  thresholdsFitObjectives,
  thresholdsFitScaling,
  workloadsAreScraped,
];
