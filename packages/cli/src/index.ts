export { type Config, defineConfig } from './config.ts'
export {
  type Environment,
  type EnvironmentGap,
  type EnvironmentProvider,
  type EnvironmentProviders,
  type EnvironmentVariable,
  environmentVariables,
  providersFromEnvironment,
} from './environment.ts'
export { type ExplainOptions, type Explanation, explain, formatMoney } from './explain.ts'
