import { catalog } from './charts/catalog.ts';
import { environments } from './charts/environments/all.ts';
import { PlatformError } from './charts/platform-error.ts';
import { writePlatform } from './output/write-platform.ts';

try {
  console.log(writePlatform({ catalog, environments }, import.meta.dirname));
} catch (error) {
  if (!(error instanceof PlatformError)) throw error;
  console.error(`${error.message}\nnothing was written`);
  process.exitCode = 1;
}
