export { type Config, defineConfig } from './config.ts'
export { type ExplainOptions, type Explanation, explain, formatMoney } from './explain.ts'
