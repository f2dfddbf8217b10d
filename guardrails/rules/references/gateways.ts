import type { Field, Resource } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Problem } from '../../rule.ts';

/** Listeners that end TLS without a certificate, and rules that send to nobody. */
export function* unserved(platform: Platform): Iterable<Problem> {
  const gateways = platform.ofKind('Gateway').filter((gateway) => !hasCertificatesElsewhere(gateway));
  for (const listener of gateways.flatMap((gateway) => gateway.at('spec', 'listeners').items)) {
    const { protocol, name } = listener.texts;
    if ((protocol !== 'HTTPS' && protocol !== 'TLS') || listener.at('tls').exists) continue;
    const message = `listener ${name} speaks ${protocol} and has no certificate`;
    yield { at: listener, message, fix: 'Give it tls.certificateRefs.' };
  }
  for (const route of platform.ofKind('HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute')) {
    for (const at of route.all('spec', 'rules', '*', 'backendRefs')) {
      const isNobody = at.items.length > 0 && at.items.every((backend) => backend.at('weight').number === 0);
      if (isNobody) yield { at, message: 'every backend has the weight 0', fix: 'Give one of them a weight.' };
    }
  }
}

/** Load balancers of Google and AWS take certificates of their own cloud, which an annotation or another object names. */
function hasCertificatesElsewhere(gateway: Resource): boolean {
  const isOfCloud = /^gke-|aws|amazon|\b[an]lb\b/.test(gateway.at('spec', 'gatewayClassName').text ?? '');
  return isOfCloud || Object.keys(gateway.annotations).some((key) => key.startsWith('networking.gke.io/cert'));
}

/** What each route of the Gateway API claims of a listener: a host with all that must match. */
export function* claims(platform: Platform): Iterable<readonly [what: string, at: Field]> {
  for (const route of platform.ofKind('HTTPRoute', 'GRPCRoute')) {
    const parents = route.at('spec', 'parentRefs').items.map((parent) => parentOf(route, parent));
    const hosts = route.at('spec', 'hostnames').items;
    for (const rule of route.at('spec', 'rules').items) {
      for (const match of rule.at('matches').items.length > 0 ? rule.at('matches').items : [undefined]) {
        const asked = conditionOf(route, match);
        for (const parent of parents)
          for (const host of hosts.length > 0 ? hosts : [undefined])
            yield [`${host?.text ?? '*'}${asked} (${parent})`, match ?? rule];
      }
    }
  }
}

function parentOf(route: Resource, parent: Field): string {
  const { kind = 'Gateway', namespace = route.namespace, name, sectionName } = parent.texts;
  return [`${kind} ${namespace}/${name}`, sectionName, parent.at('port').scalar].filter(Boolean).join(', ');
}

/** `/cart (PathPrefix)`, or the whole condition where it asks for more. A rule without any matches every path. */
function conditionOf(route: Resource, match: Field | undefined): string {
  const { path: _path, ...others } = (match?.value ?? {}) as Readonly<Record<string, unknown>>;
  const { type = 'PathPrefix', value = '/' } = match?.at('path').texts ?? {};
  const known = route.kind === 'GRPCRoute' ? '' : `${value} ${type}`;
  return Object.keys(others).length === 0 ? known : `${known} ${JSON.stringify(others)}`;
}
