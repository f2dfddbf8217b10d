/** Writes lib/, what the package ships: the command and the library, each one file with all that they import, and the shapes of the API. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const lib = join(import.meta.dirname, 'lib');
rmSync(lib, { recursive: true, force: true });
const entries = { cli: 'cli/main.ts', index: 'index.ts' };
for (const [name, entry] of Object.entries(entries)) {
  buildSync({
    entryPoints: [join(import.meta.dirname, entry)],
    outfile: join(lib, `${name}.cjs`),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname' },
    banner: name === 'cli' ? { js: '#!/usr/bin/env node' } : {},
    logLevel: 'error',
  });
}
cpSync(join(import.meta.dirname, 'schema/api.json.gz'), join(lib, 'guardrails/schema/api.json.gz'));
