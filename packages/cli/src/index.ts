export { type Config, defineConfig, type Shards } from './config.ts'
export { type ExplainOptions, type Explanation, explain, formatMoney } from './explain.ts'
