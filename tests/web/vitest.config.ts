import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { globalSetup: './tracking/vitest-setup.ts' },
});
