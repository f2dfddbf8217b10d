import { k8s } from 'cdk8s-plus-28';
import type { ContainerProps } from '../constructs/pod.ts';
import { mainPortOf, type ServiceSpec } from '../plan/service-spec.ts';

const STARTUP_PERIOD_SECONDS = 2;
const DEFAULT_STARTUP_SECONDS = 30;

type Check = NonNullable<ServiceSpec['probes']>['ready'];

/**
 * Startup and liveness ask whether the process answers, never whether its store does: an outage of the store must not restart pods.
 * Readiness alone decides about traffic, and on SIGTERM it is the first to say no.
 */
export function probesOf(service: ServiceSpec): NonNullable<ContainerProps['probes']> {
  const { probes, startupSeconds = DEFAULT_STARTUP_SECONDS } = service;
  const main = mainPortOf(service);
  const port = probes?.port === undefined ? main?.number : service.ports[probes.port];
  // What nobody calls and nobody can ask runs as long as its process does.
  if (port === undefined) return {};
  const live = probes?.live ?? { tcp: true };
  return {
    startup: probe(live, port, STARTUP_PERIOD_SECONDS, Math.ceil(startupSeconds / STARTUP_PERIOD_SECONDS)),
    liveness: probe(live, port, 10, 3),
    readiness: probe(probes?.ready ?? live, port, 5, 2),
  };
}

function probe(check: Check, port: number, periodSeconds: number, failureThreshold: number): k8s.Probe {
  return { ...action(check, port), periodSeconds, timeoutSeconds: Math.min(periodSeconds, 3), failureThreshold };
}

function action(check: Check, port: number): Pick<k8s.Probe, 'httpGet' | 'grpc' | 'tcpSocket'> {
  if ('http' in check) return { httpGet: { path: check.http, port: k8s.IntOrString.fromNumber(port), scheme: 'HTTP' } };
  return 'grpc' in check ? { grpc: { port } } : { tcpSocket: { port: k8s.IntOrString.fromNumber(port) } };
}
