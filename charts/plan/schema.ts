import * as z from 'zod';

/** A value of which nothing may be changed, however deep. Functions stay as they are. */
export type Frozen<T> = T extends (...args: never[]) => unknown
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Frozen<T[K]> }
      : T;

/** RFC 1123 label: what Kubernetes takes as the name of a Namespace. */
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL_HELP = "use 1 to 63 lower-case letters, digits and '-', with a letter or digit at both ends";

export function isDnsLabel(text: string): boolean {
  return DNS_LABEL.test(text);
}

/** `'given' is not what it must be; what to do`. */
const quoted = (problem: string) => (issue: { readonly input?: unknown }) =>
  `'${String(issue.input).replaceAll(/\p{C}/gu, ' ')}' ${problem}`;

/** @param title what docs/reference/ calls it */
function textThat(title: string, holds: (text: string) => boolean, problem: string) {
  return z
    .string()
    .refine(holds, { error: quoted(problem) })
    .meta({ title });
}

export function matching(form: RegExp, problem: string, title = 'text') {
  return textThat(title, (given) => form.test(given), problem);
}

export const text = z.string().min(1, { error: 'is empty; give it a text' });
/** One line of text. */
export const line = matching(/^(?=.*\S)\P{C}+$/u, 'is not one line of text; write it without line breaks');
export const dnsLabel = matching(DNS_LABEL, `is not a DNS label; ${LABEL_HELP}`, 'DNS label').regex(
  /^(?!constructor$)/,
  {
    error: quoted('is what every object of JavaScript has, so that no construct can be called so; choose another'),
  },
);
/** The name of a Service begins with a letter besides (RFC 1035). */
export const serviceName = dnsLabel.regex(/^(?!\d)/, {
  error: quoted('begins with a digit, which the name of a Service may not; begin it with a letter'),
});
/** Labels joined by dots, at most 253 characters; not an address, whose last label is a number. */
export const host = textThat(
  'host name',
  (name) => name.length <= 253 && name.split('.').every(isDnsLabel) && !/(^|\.)\d+$/.test(name),
  "is not a DNS name; use DNS labels joined by '.', for example shop.example.com",
);
/** What something elsewhere is called: a role, a path of a vault, a revision. */
export const word = matching(/^[^\s\p{C}]+$/u, 'is empty or has spaces; give it the name alone');
export const httpsUrl = matching(
  /^https:\/\/[^\s/?#@]+([/?#]\S*)?$/,
  'is not an https:// address; what travels there must be encrypted',
  'https:// address',
);
// A user in it would be sent by nobody, and `store:9428` is a URL of the scheme `store`.
export const anyUrl = textThat(
  'address',
  (given) => URL.canParse(given) && /^https?:\/\/[^/?#@]+([/?#]|$)/.test(given),
  'is not an address; give one like https://grafana.example.com',
);
export const mailAddress = textThat(
  'mail address',
  (given) => /^[^@\s]+@[^@\s]+$/.test(given) && host.safeParse(given.split('@')[1]).success,
  'is not a mail address; give one like oncall@example.com',
);
/** How long, in Go's notation. */
export const duration = matching(/^([1-9]\d*[smh])+$/, 'is not a duration; give one like 15m, 8h or 1h30m', 'duration');
/** What a server answers on. */
export const httpPath = matching(/^\/\S*$/, "is not a path; begin it with '/', without spaces", 'path');
/** Below the root, without a ':' and without a '/' at its end; what the kernel shows there is no place for a volume. */
export const folder = matching(
  /^(?!\/(proc|sys|dev)(\/|$))(\/(?!\.{1,2}(\/|$))[^/:]+)+$/,
  'is not a folder; give an absolute path such as /data',
  'absolute path',
);
/** A key of a Secret or a ConfigMap, which becomes a file. */
export const configKey = matching(
  /^(?!\.\.)[\w.-]{1,253}$/,
  "is not a key of a Secret; use letters, digits, '-', '_' and '.'",
);
const NAME_PART = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
/** Where an image is, without its tag: a registry, with a port perhaps, and a path of lower-case letters. */
export const IMAGE_NAME = `(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\\d+)?/)?${NAME_PART}(?:/${NAME_PART})*`;
/** An exact tag, which is the value of a label too. */
export const IMAGE_TAG = '(?!latest(?:@|$))[A-Za-z0-9](?:[\\w.-]{0,61}[A-Za-z0-9])?';

/** The most that Kubernetes takes in most of its fields: 32 bits. */
const MOST = 2 ** 31 - 1;

/** A whole number within bounds; both ends are given in the message. */
export function whole(min: number, max = MOST) {
  const range = (given: unknown) =>
    max === MOST && Number(given) <= MOST ? `of at least ${min}` : `from ${min} to ${max}`;
  return z
    .number()
    .refine((value) => Number.isInteger(value) && value >= min && value <= max, {
      error: ({ input }) => `is ${String(input)}; give it a whole number ${range(input)}`,
    })
    .meta({ title: `whole number ${range(min)}` });
}

export function positive(max = Infinity) {
  const range = `number above 0${max === Infinity ? '' : ` and at most ${max}`}`;
  return z
    .number()
    .refine((value) => value > 0 && value <= max, {
      error: (issue) => `is ${String(issue.input)}; give it a ${range}`,
    })
    .meta({ title: range });
}

export const port = whole(1, 65_535).meta({ title: 'port' });

/** A request or a limit; null where none is asked for. */
export const RESOURCES = z
  .strictObject({ cpuMillis: whole(1), memoryMiB: whole(1), ephemeralMiB: whole(1).nullable() })
  .meta({ title: '`cpuMillis`, `memoryMiB`, `ephemeralMiB`' });

type Amounts = z.infer<typeof RESOURCES>;

export const SIZE = z.strictObject({ requests: RESOURCES, limits: RESOURCES });

/** Both or neither of a resource, and no request above its limit. */
export function fitting({ requests, limits }: z.infer<typeof SIZE>, context: z.RefinementCtx): void {
  for (const message of sizeProblems(requests, limits)) context.addIssue({ code: 'custom', message });
}

export const containerSize = SIZE.superRefine(fitting).meta({
  title: '`requests` and `limits`, each of `cpuMillis`, `memoryMiB`, `ephemeralMiB`',
});

/** What does not fit between a request and its limit. */
export function sizeProblems(requests: Frozen<Amounts>, limits: Frozen<Amounts>): string[] {
  const kinds = ['cpuMillis', 'memoryMiB', 'ephemeralMiB'] as const;
  return kinds.flatMap((kind) => {
    const [request, limit] = [requests[kind], limits[kind]];
    if (request === null || limit === null)
      return request === limit
        ? []
        : [`${kind} has a ${request === null ? 'limit' : 'request'} only; give both or neither`];
    return request > limit
      ? [`requests.${kind} ${request} is above limits.${kind} ${limit}; lower the request or raise the limit`]
      : [];
  });
}

const labelValue = matching(/^([A-Za-z\d]([\w.-]{0,61}[A-Za-z\d])?)?$/, 'is not the value of a label');
/** Labels by which a policy admits pods: none of them would admit every pod of the namespace. */
export const podLabels = z.record(z.string(), labelValue).refine((labels) => Object.keys(labels).length > 0, {
  error: 'is empty: every pod of the namespace would be meant; give the labels of the pods',
});
export const peer = z.strictObject({ namespace: dnsLabel, podLabels }).meta({ title: '`namespace` and `podLabels`' });

/** A text of which a function says what is wrong; null where nothing is. */
export function checked(title: string, problemOf: (text: string) => string | null) {
  return z
    .string()
    .superRefine((text, context) => {
      const message = problemOf(text);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .meta({ title });
}
