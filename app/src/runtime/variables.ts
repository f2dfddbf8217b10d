import * as z from 'zod';
import { LOG_LEVELS, PORTS, SERVICES } from '../../contract.ts';
import { humanText } from '../api/text.ts';

const port = (fallback: number) => integer(0, 65_535).default(fallback);
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');
const httpUrl = z
  .string()
  .refine(isBase, { error: 'must be an address like http://quotes:80, without a user, a query or a fragment' })
  .transform((text) => text.replace(/\/+$/, ''));

/** What paths can be put behind. */
function isBase(text: string): boolean {
  return isCallable(text) && !text.includes('?');
}

/** Nobody sends a user that stands in an address, and port 0 leads nowhere. */
function isCallable(text: string): boolean {
  if (!URL.canParse(text) || /[#\s]/.test(text)) return false;
  const { protocol, username, password, port } = new URL(text);
  return /^https?:$/.test(protocol) && username + password === '' && port !== '0';
}

/** Ports to which `fetch`, which posts the lines of the log, sends nothing (https://fetch.spec.whatwg.org/#port-blocking). */
const BLOCKED_PORTS =
  '1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 137 139 143 161 ' +
  '179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 3659 4045 4190 ' +
  '5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080';
const blocked = new Set(BLOCKED_PORTS.split(' '));

/** Decimal digits only: `Number('')` and `Number('0x10')` are numbers to JavaScript, but not to an operator. */
function integer(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error });
}

/** Every variable by itself, by its name in ENV, where what it is for stands; what they must be together is config.ts' part. */
export const Variables = z.object({
  service: z.enum(SERVICES),
  /** For people and logs: nothing depends on it. */
  environment: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'must be a name of lower-case letters, digits and -' }),
  version: z.string().max(100).default('0.0.0-dev'),
  logLevel: z.enum(LOG_LEVELS).default('info'),
  listenHost: z.exactOptional(z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address like 127.0.0.1' })),
  httpPort: port(PORTS.http),
  adminPort: port(PORTS.admin),
  redisUsername: z.exactOptional(z.string()),
  redisWaitReplicas: integer(0, 10).default(0),
  redisWaitAofReplicas: z.exactOptional(integer(0, 10)),
  redisReadReplicas: integer(0, 10).default(0),
  /** Base URLs of the services that are called, without a slash at the end. */
  urls: z.partialRecord(z.enum(SERVICES), httpUrl),
  publicUrl: z.exactOptional(httpUrl),
  frontVersion: z.exactOptional(humanText(100)),
  frontTitle: z.exactOptional(humanText(100)),
  drainSeconds: integer(0, 600).default(5),
  shutdownSeconds: integer(1, 3600).default(25),
  seed: flag,
  defaultSecrets: flag,
  plainHttp: flag,
  tmpBytes: z.exactOptional(integer(1, Number.MAX_SAFE_INTEGER)),
  maxInFlight: integer(1, 100_000).default(1000),
  otlpEndpoint: z.exactOptional(httpUrl),
  logsUrl: z.exactOptional(
    z
      .string()
      .refine(isCallable, { error: 'must be an address like http://store:9428/insert, without a user or a fragment' })
      .refine((text) => !URL.canParse(text) || !blocked.has(new URL(text).port), {
        error: 'must have another port: nothing is sent to this one, which belongs to another protocol',
      }),
  ),
  secretsDir: z.exactOptional(z.string()),
  tlsDir: z.exactOptional(z.string()),
  redisTls: flag,
});
