import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';
import { trackerRebuild } from './tracker-rebuild.ts';
import { viewerPage } from './viewer-page.ts';

const functions = process.env.PORTICO_ORIGIN ?? 'http://127.0.0.1:8080';

/** Two pages: the portal at `/`, the viewer at `/v/{code}`. In production the host rewrites; in development this does. */
export default defineConfig({
  plugins: [
    react(),
    viewerPage(),
    precompress(),
    trackerRebuild(),
    {
      name: 'portico-viewer-route',
      configureServer: (server) => {
        server.middlewares.use((request, _response, next) => {
          if (request.url?.startsWith('/v/')) request.url = '/viewer/index.html';
          next();
        });
      },
    },
  ],
  build: {
    target: 'es2022',
    // Every browser the pages are built for knows module preloading.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { portal: resolve(import.meta.dirname, 'index.html'), viewer: resolve(import.meta.dirname, 'viewer/index.html') },
    },
  },
  worker: { format: 'es' },
  server: {
    proxy: Object.fromEntries(['/api', '/cdn', '/blob', '/client'].map((path) => [path, { target: functions, ws: path === '/client' }])),
  },
});
