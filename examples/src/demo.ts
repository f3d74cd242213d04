import { showFacade } from './demo/facade.ts'
import { showSources } from './demo/sources.ts'
import { showStories } from './demo/stories.ts'
import { showTracked } from './demo/tracked.ts'

// The main job, on real input and over real HTTP: no account, no network, a few seconds.
console.log('payment-status: the status of a payment, and the next step for the shop')
await showSources()
await showStories()
await showFacade()
await showTracked()
console.log('\nNothing left this machine: every server above was on 127.0.0.1.')
