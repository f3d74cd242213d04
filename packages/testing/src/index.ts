export { type ClaimsContractOptions, testClaimsContract } from './claims-contract.ts'
export {
  type ContractConfig,
  type Expectation,
  type FixtureException,
  type FixtureSource,
  type ProviderContractOptions,
  type TestRunner,
  testProviderContract,
} from './contract.ts'
export {
  type SimulationConfig,
  type SimulationContractOptions,
  testProviderSimulation,
} from './simulation-contract.ts'
export * from './simulator/index.ts'
