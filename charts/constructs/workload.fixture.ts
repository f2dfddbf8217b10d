import { recommendedLabels } from './labels.ts';
import type { WorkloadProps } from './workload.ts';

export const NAMESPACE = 'library-test';

/** A plain autoscaled Deployment: each test changes the one thing that it is about. */
export const PROPS: WorkloadProps = {
  name: 'authors',
  namespace: NAMESPACE,
  labels: recommendedLabels({
    name: 'authors',
    instance: NAMESPACE,
    partOf: 'library',
    component: 'service',
    version: '1.2.3',
  }),
  annotations: {},
  env: { SERVICE: 'authors', LOG_LEVEL: 'info' },
  pod: {
    containers: [
      {
        name: 'authors',
        image: 'registry.example.com/authors:1.2.3',
        ports: { http: 5000, admin: 8080 },
        requests: { cpuMillis: 100, memoryMiB: 128, ephemeralMiB: 1_024 },
        limits: { cpuMillis: 1_000, memoryMiB: 1_024, ephemeralMiB: 1_536 },
      },
    ],
    mounts: [],
    graceSeconds: 60,
    placement: { nodeSelector: {}, tolerations: [], affinity: null },
    priorityClassName: null,
  },
  service: { ports: [{ name: 'http', port: 80 }] },
  controller: {
    kind: 'deployment',
    replicas: null,
    surgePercent: 10,
    minReadySeconds: 15,
    progressDeadlineSeconds: 900,
  },
  minAvailable: 1,
  autoscaler: {
    minReplicas: 2,
    maxReplicas: 5,
    cpuPercent: 70,
    memoryPercent: 80,
    scaleDown: { windowSeconds: 300, percent: 50, periodSeconds: 60 },
    scaleUp: { windowSeconds: 60, percent: 100, periodSeconds: 30 },
  },
  traffic: { ingress: [], egress: [] },
};
