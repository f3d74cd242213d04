import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    ssr: 'server.mjs',
    outDir: 'out',
    emptyOutDir: false,
    rollupOptions: { output: { entryFileNames: 'vite-server.mjs', inlineDynamicImports: true } },
  },
  ssr: { noExternal: true },
})
