import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { catalog } from './charts/catalog.ts';
import { composeFile } from './charts/compose/compose-file.ts';
import { environments } from './charts/environments/all.ts';
import { RATE_LIMIT } from './charts/environments/defaults.ts';
import { dev } from './charts/environments/dev.ts';
import type { ManifestFile } from './charts/platform.ts';
import { PlatformError } from './charts/platform-error.ts';
import { updatedPages } from './delivery/diagrams/updated-pages.ts';
import { GuardrailError } from './output/judge.ts';
import { runbookPages } from './output/runbook-pages.ts';
import { writePlatform } from './output/write-platform.ts';
import { ROOT } from './root.ts';

/** Set by `cdk8s synth`, which empties that folder first and expects manifests in it: it gets a copy. */
const scratch = process.env['CDK8S_OUTDIR'];
const platform = { catalog, environments };

try {
  const compose = () => composeFile({ catalog, environment: dev, rateLimit: RATE_LIMIT });
  const pages = (files: readonly ManifestFile[]) =>
    new Map([...updatedPages(platform, files, ROOT), ...runbookPages(platform, ROOT)]);
  console.log(writePlatform(platform, { compose, pages }, ROOT));
  if (scratch !== undefined) cpSync(join(ROOT, 'dist'), scratch, { recursive: true });
} catch (error) {
  if (!(error instanceof PlatformError || error instanceof GuardrailError)) throw error;
  console.error(`${error.message}\nnothing was written`);
  process.exitCode = 1;
}
