import type { DefinitionsService } from 'compose-spec-ts';
import { DEFAULT_UID } from '../constructs/pod.ts';
import type { Environment } from '../plan/environment.ts';

/** As strict as the cluster: no privilege, no capability, nothing to write but /tmp. */
export const HARDENED: DefinitionsService = {
  user: `${DEFAULT_UID}:${DEFAULT_UID}`,
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  tmpfs: ['/tmp'],
  restart: 'unless-stopped',
};

/** How often Docker looks; the image's own HEALTHCHECK says what it asks. */
export const HEALTH_PACE = { interval: '30s', timeout: '5s', start_period: '10s', start_interval: '1s', retries: 3 };

/** `${REDIS_PASSWORD:-...}`: a value from the shell or `.env` before the one of the environment. */
export function secretVariable({ secrets }: Environment, key: string): string {
  const name = key.toUpperCase().replaceAll('-', '_');
  return secrets.kind === 'literal' ? `\${${name}:-${secrets.prefix}${key}}` : `\${${name}:?set ${name}}`;
}
