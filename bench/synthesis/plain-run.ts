import { platform } from '../../charts/platform.ts';
import { synthesize } from '../../charts/synthesize.ts';
import { fileText } from '../../output/manifest-yaml.ts';

/** Synthesis and YAML of the committed platform, and nothing else. */
process.stdout.write(synthesize(platform).map(fileText).join(''));
