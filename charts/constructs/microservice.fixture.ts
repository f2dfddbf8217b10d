import type { WorkloadSize } from '../sizing.ts';
import type { MicroserviceProps } from './microservice.ts';

/** A size with disk, between two and five pods. */
export const SIZE: WorkloadSize = {
  floor: 2,
  ceiling: 5,
  autoscaled: true,
  surge: 1,
  terminating: 2,
  requests: { cpuMillis: 100, memoryMiB: 128, ephemeralMiB: 1_024 },
  limits: { cpuMillis: 1_000, memoryMiB: 1_024, ephemeralMiB: 1_536 },
};

/** One pod that nothing scales, without disk. */
export const FIXED: Pick<MicroserviceProps, 'size' | 'scaling'> = {
  size: {
    ...SIZE,
    floor: 1,
    ceiling: 1,
    autoscaled: false,
    requests: { cpuMillis: 50, memoryMiB: 64, ephemeralMiB: null },
    limits: { cpuMillis: 500, memoryMiB: 256, ephemeralMiB: null },
  },
  scaling: { kind: 'fixed', replicas: 1 },
};

/** A plain autoscaled service: each test changes the one thing that it is about. */
export const PROPS: MicroserviceProps = {
  name: 'authors',
  instance: 'quotes-test',
  image: 'registry.example.com/authors:1.2.3',
  version: '1.2.3',
  env: { SERVICE: 'authors', LOG_LEVEL: 'info' },
  secretFiles: [],
  size: SIZE,
  scaling: {
    kind: 'auto',
    floor: 2,
    ceiling: 5,
    cpuPercent: 70,
    memoryPercent: 80,
    scaleDown: { windowSeconds: 300, percent: 50, periodSeconds: 60 },
    scaleUp: { windowSeconds: 60, percent: 100, periodSeconds: 30 },
  },
  minAvailable: 1,
  spread: { hosts: 'required', zones: 'preferred' },
  placement: { nodeSelector: {}, tolerations: [], affinity: null },
  rollout: { surgePercent: 10, minReadySeconds: 15, progressDeadlineSeconds: 900 },
  stopping: { drainSeconds: 10, shutdownSeconds: 30, graceSeconds: 60 },
  priorityClassName: null,
  startupSeconds: 31,
  nodePort: null,
  tmpMiB: 64,
  annotations: {},
};
