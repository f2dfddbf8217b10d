import { runApp, type TestApp } from '../../test/run-app.ts';

/** The four services of the platform, on free ports. */
export interface Services {
  readonly front: TestApp;
  readonly users: TestApp;
  readonly quotes: TestApp;
  readonly search: TestApp;
}

/** Starts them with a real Redis and the seed. */
export async function startServices(redis: string): Promise<Services> {
  const [users, quotes, search] = await Promise.all([
    runApp({ service: 'users', redis }),
    runApp({ service: 'quotes', redis, env: { SEED: 'true' } }),
    runApp({ service: 'search', redis }),
  ]);
  const env = { USERS_URL: users.url, QUOTES_URL: quotes.url, SEARCH_URL: search.url };
  return { front: await runApp({ service: 'front', env }), users, quotes, search };
}

export async function stopServices(services: Services): Promise<void> {
  await Promise.all(Object.values(services).map((app: TestApp) => app.stop()));
}
