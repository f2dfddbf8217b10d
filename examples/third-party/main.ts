import { join } from 'node:path';
import type { Platform } from '../../charts/plan/part.ts';
import { platform } from '../../charts/platform.ts';
import { writePlatform } from '../../output/write-platform.ts';
import { ROOT } from '../../root.ts';
import { whoami } from './whoami.ts';

/** The quotes platform with a fifth service. */
export const withThirdParty: Platform = { ...platform, catalog: [...platform.catalog, whoami] };

if (process.argv[1]?.endsWith('third-party/main.ts'))
  console.log(writePlatform(withThirdParty, {}, join(ROOT, 'examples/third-party')));
