import { synthesize } from '../../charts/synthesize.ts';
import { fileText } from '../../output/manifest-yaml.ts';
import { largePlatform } from './large-platform.ts';

/** `one-run.ts COUNT [watched]`: one synthesis of so many services in a process of its own; prints what it took as JSON. */
const platform = largePlatform(Number(process.argv[2]), process.argv[3] === 'watched');
const start = performance.now();
const files = synthesize(platform);
const objects = files.reduce((sum, file) => sum + file.objects.length, 0);
const bytes = files.reduce((sum, file) => sum + fileText(file).length, 0);
const ms = performance.now() - start;
console.log(JSON.stringify({ ms, objects, bytes, peakMiB: process.resourceUsage().maxRSS / 1_024 }));
