import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { GCProfiler } from 'node:v8';

// Loaded before a server (`--import`): SIGUSR2 starts to profile it, the next one writes the profile to PROFILE_FILE.
const session = new Session();
const collections = new GCProfiler();
let isRunning = false;

process.on('SIGUSR2', async () => {
  isRunning = !isRunning;
  if (isRunning) {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 200 });
    collections.start();
    await session.post('Profiler.start');
    return;
  }
  const { profile } = await session.post('Profiler.stop');
  const { statistics } = collections.stop();
  const freed = statistics.reduce(
    (sum, { beforeGC, afterGC }) => sum + beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
    0,
  );
  writeFileSync(process.env.PROFILE_FILE, JSON.stringify({ profile, freed, collections: statistics.length }));
});
