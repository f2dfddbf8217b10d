import { mkdirSync, writeFileSync } from 'node:fs';
import { guardrailsPage } from './docs-page.ts';

const docs = new URL('../docs/reference/', import.meta.url);
mkdirSync(docs, { recursive: true });
writeFileSync(new URL('guardrails.md', docs), guardrailsPage());
