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
export * from './simulator/index.ts'
