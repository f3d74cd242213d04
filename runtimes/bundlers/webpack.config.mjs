import { resolve } from 'node:path'

export default {
  mode: 'development',
  devtool: false,
  entry: './page.mjs',
  target: 'web',
  output: { path: resolve('out'), filename: 'webpack.js', asyncChunks: false },
  module: { parser: { javascript: { dynamicImportMode: 'eager' } } },
  stats: 'errors-warnings',
}
