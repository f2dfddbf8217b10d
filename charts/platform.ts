import { catalog } from './catalog.ts';
import { environments } from './environments/all.ts';
import { KIT_PARTS } from './parts.ts';
import type { Platform } from './plan/part.ts';
import { project } from './project.ts';

export const platform: Platform = { project, catalog, environments, parts: KIT_PARTS };
