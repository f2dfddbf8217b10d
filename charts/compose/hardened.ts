import type { DefinitionsService } from 'compose-spec-ts';
import { TMP_DIR, UID } from '../../app/contract.ts';

/** As strict as the cluster: no privilege, no capability, nothing to write but /tmp. */
export const HARDENED: DefinitionsService = {
  user: `${UID}:${UID}`,
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  tmpfs: [TMP_DIR],
  restart: 'unless-stopped',
};

/** How often Docker looks; the image's own HEALTHCHECK says what it asks. */
export const HEALTH_PACE = { interval: '30s', timeout: '5s', start_period: '10s', start_interval: '1s', retries: 3 };
