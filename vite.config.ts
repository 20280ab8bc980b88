import { defineConfig } from 'vite';

/** Where `npx vite` finds a running server to develop the page against. */
const SERVER = 'http://127.0.0.1:8080';

export default defineConfig({
  root: 'client',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    target: 'es2023',
    // The server's content security policy allows no data: scripts, workers or worklets.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': SERVER, '/socket': { target: SERVER, ws: true } } },
});
