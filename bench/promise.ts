import { SERVICE_NEEDS, SERVICES, type ServiceName, URL_ENV } from '../app/contract.ts';
import { ADMIN_KEY, type Contender, startContender } from './contenders.ts';
import { searches } from './lab/corpus.ts';
import { loadStore } from './lab/load-store.ts';
import { median } from './lab/median.ts';
import { type Outgoing, openLoop, quantile } from './lab/open-loop.ts';

/** What one service costs at the promised rate; charts/services record `cores` as `measured.cpuMillisAtPromise`. */
export interface PromiseCost {
  readonly service: ServiceName;
  readonly request: string;
  /** Of this service alone, medians over the rounds. */
  readonly cores: number;
  readonly p95Ms: number;
  readonly failed: number;
}

export interface PromiseProps {
  readonly redisUrl: string;
  /** Requests a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly rounds: number;
}

/** A service and the request that is most asked of it. */
interface Asked {
  readonly service: ServiceName;
  readonly request: string;
  readonly contender: Contender;
  readonly next: (index: number) => Outgoing;
}

/** The services of one platform, each asked in turn at the promised rate. */
export async function promiseCosts(props: PromiseProps): Promise<PromiseCost[]> {
  await loadStore(props.redisUrl, 10_000, ['ours']);
  const services = await startPlatform(props.redisUrl);
  try {
    const costs: PromiseCost[] = [];
    for (const asked of requests(services)) costs.push(await costOf(asked, props));
    return costs;
  } finally {
    await Promise.all(Object.values(services).map((service) => service.stop()));
  }
}

type Platform = Readonly<Record<ServiceName, Contender>>;

async function startPlatform(redisUrl: string): Promise<Platform> {
  const started = new Map<ServiceName, Contender>();
  /** A service starts with the addresses of those that it calls. */
  const start = async (service: ServiceName): Promise<string> => {
    const running = started.get(service);
    if (running !== undefined) return running.url;
    const urls: Record<string, string> = {};
    for (const called of SERVICE_NEEDS[service].calls) urls[URL_ENV[called]] = await start(called);
    const contender = await startContender(service, { redisUrl, env: urls });
    started.set(service, contender);
    return contender.url;
  };
  for (const service of SERVICES) await start(service);
  await fetch(`${await start('users')}/users`, {
    method: 'POST',
    headers: { authorization: ADMIN_KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'bench', name: 'Bench', password: 'correct horse battery' }),
  });
  return Object.fromEntries(started) as Platform;
}

function requests({ front, users, quotes, search }: Platform): Asked[] {
  const keywords = searches(500).map((keyword) => encodeURIComponent(keyword));
  const get = (url: string): Outgoing => ({ method: 'GET', url, headers: { authorization: ADMIN_KEY } });
  const id = (index: number) => `q${String((index * 7_919) % 10_000).padStart(7, '0')}`;
  const keyword = (index: number) => keywords[index % keywords.length];
  return [
    { service: 'front', request: 'the home page', contender: front, next: () => homePage(front) },
    { service: 'users', request: 'one user', contender: users, next: () => get(`${users.url}/users/bench`) },
    { service: 'quotes', request: 'one quote', contender: quotes, next: (n) => get(`${quotes.url}/quotes/${id(n)}`) },
    {
      service: 'search',
      request: 'a search of 10,000 quotes',
      contender: search,
      next: (n) => get(`${search.url}/search?limit=20&keyword=${keyword(n)}`),
    },
  ];
}

/** Who does not ask for a page is told in JSON what the service is. */
function homePage(front: Contender): Outgoing {
  return { method: 'GET', url: `${front.url}/`, headers: { accept: 'text/html', 'accept-encoding': 'gzip, br' } };
}

async function costOf({ service, request, contender, next }: Asked, props: PromiseProps): Promise<PromiseCost> {
  const { rate, seconds, rounds } = props;
  const samples = [];
  for (let round = 0; round <= rounds; round += 1) {
    const before = contender.cpuSeconds();
    const arrivals = await openLoop({ rate, seconds, next });
    const cores = (contender.cpuSeconds() - before) / seconds;
    const failed = arrivals.filter(({ status }) => status !== 200).length;
    // The first round warms up.
    if (round > 0) samples.push({ cores, failed, p95Ms: quantile(arrivals, 0.95) });
  }
  return {
    service,
    request,
    cores: median(samples.map(({ cores }) => cores)),
    p95Ms: median(samples.map(({ p95Ms }) => p95Ms)),
    failed: samples.reduce((sum, { failed }) => sum + failed, 0),
  };
}
