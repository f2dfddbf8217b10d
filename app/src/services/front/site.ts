import type { AssetName } from './assets.ts';

/** What is the same on every page. */
export interface Site {
  /** The name of the platform. */
  readonly title: string;
  readonly environment: string;
  readonly version: string;
  /** The address that people see, without a slash at the end; canonical links and examples use it. @default - no canonical link */
  readonly publicUrl?: string;
  /** Address of a file of the assets folder. */
  readonly asset: (name: AssetName) => string;
}
