import type { Rule } from '../rule.ts';
import { durations } from './schema/durations.ts';
import { fieldTypes } from './schema/field-types.ts';
import { identity } from './schema/identity.ts';
import { initContainers } from './schema/init-containers.ts';
import { knownFields } from './schema/known-fields.ts';
import { knownKind } from './schema/known-kind.ts';
import { knownWords } from './schema/known-words.ts';
import { labels } from './schema/labels.ts';
import { names } from './schema/names.ts';
import { oneOf } from './schema/one-of.ts';
import { podTemplate } from './schema/pod-template.ts';
import { portNumbers } from './schema/port-numbers.ts';
import { quantities } from './schema/quantities.ts';
import { requestsWithinLimits } from './schema/requests-within-limits.ts';
import { requiredFields } from './schema/required-fields.ts';
import { resourceNames } from './schema/resource-names.ts';
import { routePaths } from './schema/route-paths.ts';
import { runsOnOldest } from './schema/runs-on-oldest.ts';
import { schedules } from './schema/schedules.ts';
import { servedApi } from './schema/served-api.ts';
import { valueRanges } from './schema/value-ranges.ts';

/** In the order in which they judge. */
export const schema: readonly Rule[] = [
  identity,
  knownKind,
  servedApi,
  runsOnOldest,
  knownFields,
  fieldTypes,
  requiredFields,
  knownWords,
  oneOf,
  podTemplate,
  initContainers,
  resourceNames,
  names,
  labels,
  quantities,
  requestsWithinLimits,
  portNumbers,
  valueRanges,
  durations,
  schedules,
  routePaths,
];
