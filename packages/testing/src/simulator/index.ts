export { createControl } from './control.ts'
export type { DeliveryRecord, SendWebhook } from './deliveries.ts'
export type { Faults, QueryFault, WebhookFault } from './faults.ts'
export {
  createSimulator,
  type Simulator,
  type SimulatorOptions,
  type StartedPayment,
  type StartOptions,
} from './simulator.ts'
export { type Scene, type Story, type StoryName, storiesOf, storyNames } from './stories.ts'
export type { Truth } from './truth.ts'
