import { k8s } from 'cdk8s-plus-28';
import { PORT_NAMES, PORTS } from '../../app/contract.ts';
import { RESTRICTED_CONTAINER_SPEC } from '../constructs/restricted.ts';
import { IMAGES } from '../images.ts';
import { ROLES } from './acl.ts';
import { backupKeys } from './backup-names.ts';
import { EXPORTER_SIZE } from './demands.ts';
import { resources } from './pod.ts';
import { secretOf } from './secrets.ts';

/** Redis' figures for Prometheus, beside each server. It reads no record and no configuration: its user may not. */
export function exporterContainer(backedUp: boolean): k8s.Container {
  const role = ROLES.exporter;
  const health = { path: '/health', port: k8s.IntOrString.fromNumber(PORTS.redisExporter) };
  return {
    name: 'exporter',
    image: IMAGES.redisExporter,
    imagePullPolicy: 'IfNotPresent',
    args: [
      `--redis.addr=redis://127.0.0.1:${PORTS.redis}`,
      `--redis.user=${role.user}`,
      `--web.listen-address=:${PORTS.redisExporter}`,
      // CONFIG GET would show the replica's password; INFO has the limits that alerts need.
      '--config-command=-',
      ...(backedUp ? [`--check-single-keys=${backupKeys().join(',')}`] : []),
    ],
    env: [{ name: 'REDIS_PASSWORD', valueFrom: { secretKeyRef: { name: secretOf(role), key: role.passwordKey } } }],
    ports: [{ name: PORT_NAMES.redisExporter, containerPort: PORTS.redisExporter, protocol: 'TCP' }],
    // No readiness: the exporter must not take Redis out of its Service.
    livenessProbe: { httpGet: health, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 6 },
    resources: resources(EXPORTER_SIZE),
    securityContext: RESTRICTED_CONTAINER_SPEC,
  };
}
