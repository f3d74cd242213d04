// Next.js calls `register` once, when a server starts.
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { getTracker } = await import('./payments.ts')
  const tracker = await getTracker()
  await tracker.work() // polls, and delivers changes
}
