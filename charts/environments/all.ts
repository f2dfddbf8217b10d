import type { Environment } from '../plan/environment.ts';
import { dev } from './dev.ts';
import { production } from './production.ts';
import { staging } from './staging.ts';

export const environments: readonly Environment[] = [dev, staging, production];
