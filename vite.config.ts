import { defineConfig } from 'vite';

export default defineConfig({
  root: 'client',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { outDir: '../dist/page', emptyOutDir: true, target: 'es2023' },
});
