/** How long the guardrails take: 1,000 objects, and the three environments as synthesis judges them. `npm run bench:guardrails` */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPlatform } from '../guardrails/engine.ts';
import { type Document, flatten } from '../guardrails/input/document.ts';
import { parseText } from '../guardrails/input/parse.ts';
import { api } from '../guardrails/schema/api.ts';

const RUNS = 7;
const dist = join(import.meta.dirname, '..', 'dist');
const files = [dist, join(dist, 'addons')].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.k8s.yaml'))
    .map((name) => join(folder, name)),
);
const texts = files.map((file) => [file, readFileSync(file, 'utf8')] as const);
const read = (): readonly Document[] => texts.map(([file, text]) => parseText(file, text));

/** The first run pays for the schemas and for cold code, as every synthesis does. */
const cold = time(() => {
  api();
  checkPlatform(read().map(({ file, objects }) => ({ file, objects })));
});
const documents = read();
report('three environments, first run, reading included', [cold]);
report(
  'three environments, reading',
  sample(() => read()),
);
report(
  'three environments, rules',
  sample(() => checkPlatform(documents)),
);

const dev = texts.filter(([file]) => file.endsWith('dev.k8s.yaml'));
const copies = Math.ceil(1000 / dev.flatMap(([file, text]) => flatten(parseText(file, text))).length);
const thousand = Array.from({ length: copies }, (_, copy) =>
  dev.map(
    ([file, text]) =>
      [
        `${copy}/${file}`,
        text.replaceAll('quotes-dev', `quotes-dev${copy}`).replaceAll('30080', `${30080 + copy}`),
      ] as const,
  ),
).flat();
const objects = thousand.flatMap(([file, text]) => flatten(parseText(file, text))).length;
report(
  `${objects} objects, reading and rules`,
  sample(() => checkPlatform(thousand.map(([file, text]) => parseText(file, text)))),
);

function time(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function sample(run: () => unknown): readonly number[] {
  return Array.from({ length: RUNS }, () => time(run)).toSorted((a, b) => a - b);
}

function report(what: string, times: readonly number[]): void {
  const [median, best] = [times[Math.floor(times.length / 2)] ?? 0, times[0] ?? 0];
  console.log(`${what.padEnd(50)} median ${median.toFixed(0).padStart(5)} ms, best ${best.toFixed(0).padStart(5)} ms`);
}
