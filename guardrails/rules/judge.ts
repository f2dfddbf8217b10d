import type { Rule } from '../rule.ts';
import { acceptedByServer } from './judge/accepted-by-server.ts';
import { podsAdmitted } from './judge/pods-admitted.ts';
import { serverWarnings } from './judge/server-warnings.ts';
import { textsLoad } from './judge/texts-load.ts';

/** What the real code answers, where the judge is built. */
export const judge: readonly Rule[] = [acceptedByServer, podsAdmitted, textsLoad, serverWarnings];
