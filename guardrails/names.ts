/** The grammars of names, as k8s.io/apimachinery/pkg/util/validation has them. Each says what is wrong with a name, or nothing. */
export type Grammar = (name: string) => string | undefined;

function grammar(pattern: RegExp, longest: number, allowed: string): Grammar {
  return (name) => {
    if (name.length > longest) return `is ${name.length} characters long, but at most ${longest} are allowed`;
    return pattern.test(name) ? undefined : `is "${name}", but ${allowed}`;
  };
}

const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';

/** RFC 1123 label: namespaces, containers, volumes. */
export const dnsLabel = grammar(
  new RegExp(`^${LABEL}$`),
  63,
  'only lower-case letters, digits and "-" are allowed, with a letter or digit at both ends',
);

/** RFC 1035 label: Services, whose names become host names. */
export const serviceName = grammar(
  /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/,
  63,
  'only lower-case letters, digits and "-" are allowed, with a letter first and a letter or digit last',
);

/** RFC 1123 subdomain: most objects. */
export const dnsSubdomain = grammar(
  new RegExp(`^${LABEL}(?:\\.${LABEL})*$`),
  253,
  'only lower-case letters, digits, "-" and "." are allowed, with a letter or digit at both ends of each part',
);

/** Roles and their bindings may be called anything that fits into a URL's path. */
export const pathSegment = grammar(/^(?!\.{1,2}$)[^/%]+$/, 253, '"/", "%", "." and ".." are not allowed');

/** RFC 6335 service name: ports of containers. */
export const portName = grammar(
  /^(?=.*[a-z])(?!.*--)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/,
  15,
  'only lower-case letters, digits and single "-" are allowed, with at least one letter',
);

export const configKey = grammar(/^[-._a-zA-Z0-9]+$/, 253, 'only letters, digits, "-", "_" and "." are allowed');

export const envName = grammar(
  /^[-._a-zA-Z][-._a-zA-Z0-9]*$/,
  253,
  'only letters, digits, "-", "_" and "." are allowed, and no digit first',
);

/** The value of a label. */
export const labelValue = grammar(
  /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
  63,
  'only letters, digits, "-", "_" and "." are allowed, with a letter or digit at both ends',
);

const qualifiedName = grammar(
  /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
  63,
  'only letters, digits, "-", "_" and "." are allowed, with a letter or digit at both ends',
);

/** The key of a label or an annotation: `name` or `prefix/name`. */
export const labelKey: Grammar = (key) => {
  const parts = key.split('/');
  if (parts.length > 2) return `is "${key}", but only one "/" is allowed`;
  const [name, prefix] = parts.toReversed();
  return qualifiedName(name ?? '') ?? (prefix === undefined ? undefined : dnsSubdomain(prefix));
};

/** The grammar of an object's own name. */
export function nameGrammar(kind: string): Grammar {
  if (kind === 'Namespace') return dnsLabel;
  if (kind === 'Service') return serviceName;
  if (/^(Cluster)?Role(Binding)?$/.test(kind)) return pathSegment;
  if (kind === 'CronJob')
    return (name) => (name.length > 52 ? 'is longer than the 52 characters a CronJob may have' : dnsSubdomain(name));
  return dnsSubdomain;
}
