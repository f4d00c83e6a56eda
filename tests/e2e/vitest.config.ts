import { defineConfig } from 'vitest/config';

export default defineConfig({
  // A shared machine can starve a browser for seconds; a second failure is no accident.
  // Each file has browsers and apps of its own: two at once on two cores make each other late.
  test: { fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000, retry: process.env.CI ? 1 : 0 },
});
