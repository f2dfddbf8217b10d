import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, which neither the size nor the last run of a file says: begun last, it would keep one core waiting. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      /(mutation|redis-(backup|restore|sentinel))\.test\.ts$/.test(moduleId);
    return (await super.sort(files)).toSorted((one, other) => Number(isLong(other)) - Number(isLong(one)));
  }
}

/**
 * `unit` runs beside the sources and needs nothing but Node; `e2e` drives real programs and real processes, `resilience` breaks them under load,
 * `durability` breaks production's store in namespaces of its own (`npm run test:durability`), `kit` changes a copy of the repository as a
 * person would (`npm run test:kit`).
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{app,charts,output,guardrails,delivery,examples,test}/**/*.test.{ts,tsx}'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          // Each worker loads cdk8s, Koa and the schemas once and not once a file, which took half of the time. No test relies on modules of its own.
          isolate: false,
          // Every core: by default one is kept free, which on two cores is half of them.
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: ['e2e/{resilience,durability,cluster,kit}/**', '**/node_modules/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // They wait more than they work. Each takes free ports and addresses of its own.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'resilience',
          include: ['e2e/resilience/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['e2e/cluster/**/*.test.ts'],
          exclude: process.env['CLUSTER_FULL'] === 'yes' ? [] : ['e2e/cluster/full/**'],
          testTimeout: 600_000,
          hookTimeout: 3_600_000,
          fileParallelism: false,
        },
      },
      {
        test: { name: 'kit', include: ['e2e/kit/**/*.test.ts'], testTimeout: 900_000 },
      },
      {
        test: {
          name: 'durability',
          include: ['e2e/durability/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['{app/src,charts,output,guardrails,delivery}/**/*.{ts,tsx}'],
      exclude: ['**/*.{test,fixture}.{ts,tsx}', '**/fixtures/**'],
      reporter: ['text-summary', 'lcovonly'],
      thresholds: { lines: 90, functions: 90, statements: 90 },
    },
  },
});
