import { describeTracker } from './behaviour.ts'

describeTracker('a tracker on PGlite')
