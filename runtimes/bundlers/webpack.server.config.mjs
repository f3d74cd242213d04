import { resolve } from 'node:path'

export default {
  mode: 'production',
  devtool: false,
  entry: './server.mjs',
  target: 'node22',
  output: { path: resolve('out'), filename: 'webpack-server.cjs', asyncChunks: false },
  module: { parser: { javascript: { dynamicImportMode: 'eager' } } },
  stats: 'errors-warnings',
}
