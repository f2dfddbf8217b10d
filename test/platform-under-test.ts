import { SERVICE_NEEDS, SERVICES, type ServiceName } from '../app/contract.ts';
import { SEED_QUOTES } from '../app/seed/quotes.ts';
import { eventually } from './eventually.ts';
import { runApp, type TestApp, urlsOf } from './run-app.ts';

/** Every service on free ports, with the seed, as on a laptop. */
export type PlatformUnderTest = Readonly<Record<ServiceName, TestApp>> & { stop(): Promise<void> };

/** Starts the platform; resolves once the search finds the last quote of the seed. @param redis its store: by default an emulated one of its own */
export async function startPlatform(
  redis = `platform-${process.pid}-${performance.now()}`,
): Promise<PlatformUnderTest> {
  const started = new Map<ServiceName, Promise<TestApp>>();
  const start = (service: ServiceName): Promise<TestApp> => {
    const app = started.get(service) ?? startAfter(service);
    started.set(service, app);
    return app;
  };
  /** A service starts with the addresses of those that it calls. */
  const startAfter = async (service: ServiceName) => {
    const called = new Map<ServiceName, string>();
    for (const name of SERVICE_NEEDS[service].calls) called.set(name, (await start(name)).url);
    const seed = SERVICE_NEEDS[service].seeds ? { SEED: 'true' } : {};
    return runApp({ service, redis, env: { ...urlsOf(service, (name) => called.get(name) ?? ''), ...seed } });
  };
  const apps = await Promise.all(SERVICES.map(async (service) => [service, await start(service)] as const));
  const services = Object.fromEntries(apps) as Record<ServiceName, TestApp>;
  await eventually(async () => {
    const answer = await fetch(`${services.search.url}/search?keyword=${SEED_QUOTES.at(-1)?.author}`);
    const { total } = (await answer.json()) as { total: number };
    if (total === 0) throw new Error('the search does not know the seed yet');
  });
  return { ...services, stop: async () => void (await Promise.all(apps.map(([, app]) => app.stop()))) };
}
