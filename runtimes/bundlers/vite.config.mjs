import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    outDir: 'out',
    emptyOutDir: false,
    minify: false,
    rollupOptions: {
      input: 'page.mjs',
      output: { entryFileNames: 'vite.js', format: 'iife', inlineDynamicImports: true },
    },
  },
})
