import { SEED_QUOTES } from '../app/seed/quotes.ts';
import { eventually } from './eventually.ts';
import { runApp, type TestApp } from './run-app.ts';

/** All four services on free ports, with the seed, as on a laptop. */
export interface PlatformUnderTest {
  readonly front: TestApp;
  readonly quotes: TestApp;
  readonly search: TestApp;
  readonly users: TestApp;
  stop(): Promise<void>;
}

/** Starts the platform on an emulated Redis; resolves once the search finds the last quote of the seed. */
export async function startPlatform(): Promise<PlatformUnderTest> {
  const redis = `platform-${process.pid}-${performance.now()}`;
  const [users, quotes, search] = await Promise.all([
    runApp({ service: 'users', redis }),
    runApp({ service: 'quotes', redis, env: { SEED: 'true' } }),
    runApp({ service: 'search', redis }),
  ]);
  const env = { USERS_URL: users.url, QUOTES_URL: quotes.url, SEARCH_URL: search.url };
  const front = await runApp({ service: 'front', redis, env });
  await eventually(async () => {
    const answer = await fetch(`${search.url}/search?keyword=${SEED_QUOTES.at(-1)?.author}`);
    const { total } = (await answer.json()) as { total: number };
    if (total === 0) throw new Error('the search does not know the seed yet');
  });
  const apps = [front, users, quotes, search];
  return { front, users, quotes, search, stop: async () => void (await Promise.all(apps.map((app) => app.stop()))) };
}
