import { catalog } from '../../charts/catalog.ts';
import { environments } from '../../charts/environments/all.ts';
import { synthesize } from '../../charts/platform.ts';
import { fileText } from '../../output/manifest-yaml.ts';

/** Synthesis and YAML of the committed platform, and nothing else. */
process.stdout.write(synthesize({ catalog, environments }).map(fileText).join(''));
