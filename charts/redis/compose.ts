import { ENV, PORTS, STORE_LIBRARY } from '../../app/contract.ts';
import { HARDENED, HEALTH_PACE, secretVariable } from '../compose/hardened.ts';
import { IMAGES } from '../images.ts';
import type { Environment } from '../plan/environment.ts';
import type { ComposePiece } from '../plan/part.ts';
import { ROLES } from './acl.ts';
import { REDIS_NAMES } from './shape.ts';

/** The image's own user: a new named volume belongs to whom /data belonged to in the image. */
const REDIS_USER = '999:1000';
/** The store has one user on a laptop, as strong as the cluster's administrator. */
const { passwordKey } = ROLES.admin;
const FUNCTIONS = `${REDIS_NAMES.servers}-functions`;

/** What a service is told of the store on a laptop, and what must have run before it. */
export function composeClient(environment: Environment) {
  return {
    env: {
      [ENV.redisUrl]: `redis://${REDIS_NAMES.servers}:${PORTS.redis}/0`,
      [ENV.redisPassword]: secretVariable(environment, passwordKey),
    },
    after: { [REDIS_NAMES.servers]: 'service_healthy', [FUNCTIONS]: 'service_completed_successfully' },
  } as const;
}

/** One server with a volume, and what loads the functions that the services call, as a cluster's servers do by themselves. */
export function composeStore(environment: Environment): ComposePiece[] {
  const options = '--dir /data --appendonly yes --appendfsync always --maxmemory-policy noeviction';
  const shared = {
    image: IMAGES.redis,
    ...HARDENED,
    user: REDIS_USER,
    environment: { REDISCLI_AUTH: secretVariable(environment, passwordKey) },
    networks: ['internal'],
  };
  return [
    {
      name: REDIS_NAMES.servers,
      volumes: [REDIS_NAMES.servers],
      service: {
        ...shared,
        // The password comes through the standard input: on a command line everyone on the machine could read it. No pipe: the shell that
        // waits for its end would get the signal to stop, and the server would be killed.
        command: ['sh', '-c', `exec valkey-server - ${options} <<END\nrequirepass "$$REDISCLI_AUTH"\nEND\n`],
        healthcheck: { ...HEALTH_PACE, test: ['CMD', 'valkey-cli', 'ping'] },
        volumes: [`${REDIS_NAMES.servers}:/data`],
      },
    },
    {
      name: FUNCTIONS,
      volumes: [],
      service: {
        ...shared,
        restart: 'on-failure',
        command: ['sh', '-c', `valkey-cli -e -h ${REDIS_NAMES.servers} -x function load replace </functions.lua`],
        depends_on: { [REDIS_NAMES.servers]: { condition: 'service_healthy' } },
        volumes: [`./${STORE_LIBRARY.file}:/functions.lua:ro`],
      },
    },
  ];
}
