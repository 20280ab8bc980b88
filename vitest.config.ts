import { defineConfig } from 'vitest/config';

/** Unit tests run in seconds without engines; integration uses the real parts; e2e and fifty a browser. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{shared,server,client,bench,chaos,e2e,scripts}/**/*.test.{ts,mjs}'],
          exclude: ['**/*.{integration,e2e,fifty}.test.ts', '**/node_modules/**'],
          // Property tests take a second, and many times that on a machine that does other work too.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{server,client,bench,chaos}/**/*.integration.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Each file starts real engines: two at once is what two cores carry.
          maxWorkers: 2,
        },
      },
      {
        test: {
          // Takes the whole machine for minutes: not part of "npm test".
          name: 'fifty',
          include: ['e2e/**/*.fifty.test.ts'],
          testTimeout: 1_200_000,
          hookTimeout: 240_000,
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
