import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fixedRate } from './fixed-rate.ts';
import { footprints } from './footprint.ts';
import { measure } from './full-load.ts';
import { internalTlsCosts } from './internal-tls.ts';
import { writeBundles } from './lab/bundles.ts';
import { leaveServerCore } from './lab/cores.ts';
import { startRedis } from './lab/redis.ts';
import { million } from './million.ts';
import { profileOf } from './profile.ts';
import { promiseCosts } from './promise.ts';
import {
  footprintTable,
  fullLoadTable,
  internalTlsTable,
  millionTable,
  profileText,
  promiseTable,
  rateTable,
  report,
  withPart,
} from './report.ts';
import { readOne, WORKLOADS } from './workloads.ts';

const HELP = `npm run bench [-- --only read,cost,page,create,reads,search,profile,rate,promise,tls,footprint,million] [--rounds 9] [--seconds 1] [--record]
The server has one core, the load and Redis the other. A whole run writes results.md; --record puts the tables of a part into it; needs valkey-server, wrk, taskset and, for the original, gunicorn and Flask.`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const rounds = { rounds: Number(values.rounds), seconds: Number(values.seconds) };
const wanted = values.only?.split(',');
const isWanted = (title: string) => wanted === undefined || wanted.some((word) => title.includes(word));

async function main(): Promise<void> {
  await writeBundles();
  leaveServerCore();
  const redis = await startRedis();
  const sections: string[] = [];
  const add = (section: string) => {
    console.log(`${section}\n`);
    sections.push(section);
  };
  try {
    for (const workload of WORKLOADS.filter(({ title }) => isWanted(title))) {
      add(fullLoadTable(workload.title, await measure(workload, redis, rounds)));
    }
    if (isWanted('profile')) add(profileText(await profileOf('read one quote', redis.url, readOne('/quotes/'))));
    if (isWanted('rate')) add(rateTable(await fixedRate({ redisUrl: redis.url, rate: 1_000, seconds: 5, rounds: 5 })));
    if (isWanted('promise')) {
      add(promiseTable(await promiseCosts({ redisUrl: redis.url, rate: 1_000, seconds: 5, rounds: 5 })));
    }
    if (isWanted('tls')) add(internalTlsTable(await internalTlsCosts(rounds)));
    if (isWanted('footprint')) add(footprintTable(await footprints(redis.url, 3)));
    if (isWanted('million')) add(millionTable(await million(redis.url, 5)));
  } finally {
    await redis.stop();
  }
  const record = join(import.meta.dirname, 'results.md');
  if (wanted === undefined) writeFileSync(record, report(sections, rounds));
  else if (values.record) writeFileSync(record, withPart(readFileSync(record, 'utf8'), sections, rounds));
}

if (values.help) console.log(HELP);
else await main();
