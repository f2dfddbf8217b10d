import { PROMISES } from '../../annotations.ts';
import type { Resource } from '../../field.ts';
import { groupBy, oncePerPlatform, type Platform, repeated } from '../../platform.ts';
import { type Problem, rules } from '../../rule.ts';
import { covers } from '../security/exposure.ts';

/** What a certificate can be for; without any of them cert-manager refuses it. */
const SUBJECTS = ['dnsNames', 'commonName', 'ipAddresses', 'uris', 'emailAddresses', 'otherNames', 'literalSubject'];

export const certificatesRules = rules({
  'certificates-fit': {
    title:
      'Every certificate has a name that its issuer can prove, a Secret of its own, and the hosts that it is served for',
    rationale: 'It is never issued, two take turns in one Secret, or every browser refuses it.',
    docs: 'https://cert-manager.io/docs/usage/certificate/',
    *check(platform) {
      const certificates = platform.ofKind('Certificate').filter(({ group }) => group === 'cert-manager.io');
      for (const certificate of certificates) {
        yield* nameless(certificate);
        yield* unproven(platform, certificate);
        yield* uncovered(platform, certificate);
      }
      const secrets = certificates.map((one) => one.at('spec', 'secretName'));
      for (const [at, first] of repeated(secrets, ({ text, resource }) => text && `${resource.namespace}/${text}`)) {
        // Of one certificate that is given twice, no-duplicates says so.
        if (at.resource.name === first.resource.name) continue;
        const message = `Secret ${at.text} is that of ${first.resource} already`;
        yield { at, message, fix: 'Give each certificate a Secret of its own.' };
      }
      for (const ingress of platform.ofKind('Ingress')) {
        // Where TLS is promised, tls-covers-hosts looks at each host.
        const isPromised = platform.environmentOf(ingress.namespace)?.promises(PROMISES.tls);
        const problem = isPromised ? undefined : strayedHosts(ingress);
        if (problem) yield problem;
      }
    },
  },
});

function* nameless(certificate: Resource): Iterable<Problem> {
  const at = certificate.at('spec');
  if (!at.at('secretName').exists || SUBJECTS.some((subject) => at.at(subject).exists)) return;
  const message = 'is for no name: neither dnsNames nor another subject is given';
  yield { at, message, fix: 'List its hosts in dnsNames.' };
}

/** A wildcard is proven by DNS alone; an issuer all of whose solvers answer over HTTP cannot. */
function* unproven(platform: Platform, certificate: Resource): Iterable<Problem> {
  const { name = '', kind = 'Issuer' } = certificate.at('spec', 'issuerRef').texts;
  const issuer = platform.find(kind, kind === 'ClusterIssuer' ? '' : certificate.namespace, name);
  const solvers = issuer?.at('spec', 'acme', 'solvers').items ?? [];
  const wildcard = certificate.at('spec', 'dnsNames').items.find(({ text }) => text?.startsWith('*.'));
  if (!wildcard || solvers.length === 0 || solvers.some((solver) => solver.at('dns01').exists)) return;
  const message = `${wildcard.text} is a wildcard, and ${kind} ${name} solves challenges over HTTP alone`;
  yield { at: wildcard, message, fix: 'Give the issuer a dns01 solver, or list the hosts.' };
}

/** Hosts that an Ingress serves with the certificate and that are not among its names. */
function* uncovered(platform: Platform, certificate: Resource): Iterable<Problem> {
  const at = certificate.at('spec', 'dnsNames');
  const secret = certificate.at('spec', 'secretName').text;
  const names = [...at.words, certificate.at('spec', 'commonName').text ?? ''].filter(Boolean);
  if (names.length === 0) return;
  for (const { ingress, hosts } of servedWith(platform).get(`${certificate.namespace}/${secret}`) ?? []) {
    for (const host of hosts) {
      if (names.some((name) => covers(name, host))) continue;
      const message = `is for ${names.join(', ')}, but ${ingress} serves ${host} with it`;
      yield { at, message, fix: `Add ${host} to dnsNames.` };
    }
  }
}

/** What each Secret is served for, by namespace and name. */
const servedWith = oncePerPlatform((platform) => {
  const entries = platform.ofKind('Ingress').flatMap((ingress) =>
    ingress.at('spec', 'tls').items.map((entry) => ({
      ingress,
      secret: entry.at('secretName').text,
      hosts: entry.at('hosts').words,
    })),
  );
  return groupBy(entries, ({ ingress, secret }) => `${ingress.namespace}/${secret}`);
});

/** The hosts of `tls` when none of them is one that the rules route. A controller may still find the certificate by its own names. */
function strayedHosts(ingress: Resource): Problem | undefined {
  const at = ingress.at('spec', 'tls');
  const covering = ingress.all('spec', 'tls', '*', 'hosts').flatMap(({ words }) => words);
  const routed = ingress.all('spec', 'rules', '*', 'host').flatMap(({ text }) => text ?? []);
  const hasAny = ingress.at('spec', 'rules').items.length !== routed.length;
  const meets = routed.some((host) => covering.some((name) => covers(name, host) || covers(host, name)));
  if (hasAny || covering.length === 0 || routed.length === 0 || meets) return undefined;
  const message = `is for ${covering.join(', ')}, but the rules route ${routed.join(', ')} only`;
  return { at, message, fix: 'Name the hosts of the rules.', elsewhere: 'warning' };
}
