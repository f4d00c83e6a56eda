import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Each file has browsers and apps of its own: two at once on two cores make each other late.
  test: { fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 },
});
