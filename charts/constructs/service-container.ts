import { Duration } from 'cdk8s';
import {
  type ContainerProps,
  Env,
  Handler,
  type IConfigMap,
  ImagePullPolicy,
  Probe,
  Protocol,
  type Volume,
} from 'cdk8s-plus-28';
import { ADMIN_PATHS, PORT_NAMES, PORTS, TMP_DIR } from '../../app/contract.ts';
import { RESTRICTED_CONTAINER } from './restricted.ts';

export interface ServiceContainerOptions {
  readonly name: string;
  /** With its exact tag, and its digest once there is one. */
  readonly image: string;
  readonly config: IConfigMap;
  readonly tmp: Volume;
  /** How long a new process may take until it answers the liveness path. */
  readonly startupSeconds: number;
  /** A command before SIGTERM. @default - none: our services drain by themselves */
  readonly preStop?: readonly string[];
}

const PROBE_TIMEOUT = Duration.seconds(3);

/** The one container of a service: ports, probes, environment, security; its resources come with completePodTemplate. */
export function serviceContainer(options: ServiceContainerOptions): ContainerProps {
  return {
    name: options.name,
    image: options.image,
    imagePullPolicy: ImagePullPolicy.IF_NOT_PRESENT,
    ports: [
      { name: PORT_NAMES.http, number: PORTS.http, protocol: Protocol.TCP },
      { name: PORT_NAMES.admin, number: PORTS.admin, protocol: Protocol.TCP },
    ],
    envFrom: [Env.fromConfigMap(options.config)],
    securityContext: RESTRICTED_CONTAINER,
    volumeMounts: [{ path: TMP_DIR, volume: options.tmp }],
    ...probes(options.startupSeconds),
    ...(options.preStop === undefined ? {} : { lifecycle: { preStop: Handler.fromCommand([...options.preStop]) } }),
  };
}

/**
 * Startup and liveness ask whether the process answers, never whether its store does: a Redis outage must not restart pods.
 * Readiness alone decides about traffic, and on SIGTERM it is the first to say no.
 */
function probes(startupSeconds: number): Pick<ContainerProps, 'startup' | 'liveness' | 'readiness'> {
  const startupPeriod = 2;
  const probe = (path: string, periodSeconds: number, failureThreshold: number) =>
    Probe.fromHttpGet(path, {
      port: PORTS.admin,
      periodSeconds: Duration.seconds(periodSeconds),
      timeoutSeconds: periodSeconds < 3 ? Duration.seconds(periodSeconds) : PROBE_TIMEOUT,
      failureThreshold,
    });
  return {
    startup: probe(ADMIN_PATHS.live, startupPeriod, Math.ceil(startupSeconds / startupPeriod)),
    liveness: probe(ADMIN_PATHS.live, 10, 3),
    readiness: probe(ADMIN_PATHS.ready, 5, 2),
  };
}
