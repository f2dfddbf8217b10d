import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { composeFile, GATEWAY_FILE, gatewayFile } from './charts/compose/compose-file.ts';
import { RATE_LIMIT } from './charts/environments/defaults.ts';
import { dev } from './charts/environments/dev.ts';
import { plan } from './charts/plan/plan.ts';
import { platform } from './charts/platform.ts';
import { PlatformError } from './charts/synthesize.ts';
import { runCommand } from './delivery/command.ts';
import { pagesOf } from './delivery/pages/pages.ts';
import { OutputError } from './output/files.ts';
import { GuardrailError } from './output/judge.ts';
import { type Companions, writePlatform } from './output/write-platform.ts';
import { ROOT } from './root.ts';

/** Set by `cdk8s synth`, which empties that folder first and expects manifests in it: it gets a copy. */
const scratch = process.env['CDK8S_OUTDIR'];
const companions: Companions = {
  compose: () => composeFile(plan(platform, dev)),
  pages: (plans, files) =>
    new Map([...pagesOf(plans, files, ROOT), [join(ROOT, GATEWAY_FILE), gatewayFile(platform.catalog, RATE_LIMIT)]]),
};

const USAGE = `Checks the catalog and the environments, holds the result against the guardrails, and writes dist/, compose.yaml and the generated pages: all or nothing.

  npm run synth
`;

void runCommand({
  name: 'synth',
  usage: USAGE,
  finding: 'the platform does not hold together; nothing was written',
  main: () => {
    try {
      console.log(writePlatform(platform, companions, ROOT));
      if (scratch !== undefined) cpSync(join(ROOT, 'dist'), scratch, { recursive: true });
      return 0;
    } catch (error) {
      if (!(error instanceof PlatformError || error instanceof GuardrailError || error instanceof OutputError))
        throw error;
      console.error(`${error.message}\nnothing was written`);
      return 1;
    }
  },
});
