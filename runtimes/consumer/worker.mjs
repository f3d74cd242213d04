import { runSuite } from './suite.mjs'

export default {
  async test() {
    const { passed, failures } = await runSuite()
    for (const failure of failures.slice(0, 5)) console.log(failure)
    console.log(`${passed} passed, ${failures.length} failed`)
    if (failures.length > 0) throw new Error('the contract is broken')
  },
}
