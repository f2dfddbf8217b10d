import { ENV } from '../app/contract.ts';
import { readConfig } from '../app/src/runtime/config.ts';
import { openLogging } from '../app/src/runtime/logger.ts';
import { runService } from '../app/src/runtime/run-service.ts';
import { front } from '../app/src/services/front.ts';

export interface FrontUnderTest {
  /** Base URL without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A front on a free port whose services all stand at one address. */
export async function startFront(
  servicesUrl: string,
  more: Readonly<Record<string, string>> = {},
): Promise<FrontUnderTest> {
  const env = {
    [ENV.service]: 'front',
    [ENV.environment]: 'dev',
    [ENV.version]: '1.2.3',
    [ENV.httpPort]: '0',
    [ENV.adminPort]: '0',
    [ENV.drainSeconds]: '0',
    [ENV.usersUrl]: servicesUrl,
    [ENV.quotesUrl]: servicesUrl,
    [ENV.searchUrl]: servicesUrl,
    ...more,
  };
  const config = readConfig(env);
  const logging = openLogging(config, { write: () => {} });
  const running = await runService({ module: front, config, env, logging });
  return { url: `http://127.0.0.1:${running.httpPort}`, stop: running.shutdown };
}
