import { rmSync } from 'node:fs'
import { build } from 'vitepress'
import { writeContent } from './content.ts'
import { writeOutputs } from './demo.ts'
import { findBrokenLinks } from './links.ts'
import { content, dist, generated, site } from './places.ts'
import { writeReference } from './reference.ts'
import { writeTracedExplain } from './traced-explain.ts'

// Builds the site from the documentation, the docstrings and the built packages. Needs `pnpm build`.
for (const folder of [content, generated, dist]) rmSync(folder, { recursive: true, force: true })
writeContent()
writeOutputs()
await writeReference()
await writeTracedExplain()
await build(site, { outDir: dist })

const broken = findBrokenLinks(dist)
for (const link of broken) console.error(link)
if (broken.length > 0) process.exitCode = 1
