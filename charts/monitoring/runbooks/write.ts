import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookFiles } from './runbook-files.ts';

/** Writes docs/runbooks/: `npm run docs:runbooks`. Hand-written parts stay as they are. */
const folder = join(import.meta.dirname, '../../../docs/runbooks');
mkdirSync(folder, { recursive: true });
const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : null);
const files = runbookFiles(read);
for (const [file, text] of files) writeFileSync(join(folder, file), text);
console.log(`docs/runbooks/: ${files.size} pages`);
