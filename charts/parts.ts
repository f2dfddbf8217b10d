import { edgePart } from './edge/part.ts';
import { signaturesPart } from './gitops/signatures.ts';
import { serviceParts } from './microservice/part.ts';
import { monitoringPart } from './monitoring/part.ts';
import { telemetryPart } from './monitoring/telemetry.ts';
import type { PartFactory } from './plan/part.ts';
import { redisPart } from './redis/part.ts';
import { secretsPart } from './secrets/part.ts';

/** The parts that the kit brings, in the order in which they apply: a platform takes them, and adds its own. */
export const KIT_PARTS: readonly PartFactory[] = [
  secretsPart,
  redisPart,
  serviceParts,
  edgePart,
  monitoringPart,
  telemetryPart,
  signaturesPart,
];
