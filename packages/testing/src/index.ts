export {
  type ContractConfig,
  type Expectation,
  type FixtureSource,
  type FixtureException,
  type ProviderContractOptions,
  type TestRunner,
  testProviderContract,
} from './contract.ts'
export * from './simulator/index.ts'
