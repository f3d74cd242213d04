import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformerStyleToClass } from '@shikijs/transformers'
import { type DefaultTheme, defineConfig } from 'vitepress'
import { toContentSecurityPolicy, withoutStyleAttributes } from '../scripts/security.ts'

const content = fileURLToPath(new URL('../.content/', import.meta.url))
const base = process.env.SITE_BASE ?? '/'

/** Colours of code are classes in a file of their own: the pages' policy allows no style attribute. */
const codeColors = transformerStyleToClass({ classPrefix: 'code-' })
const CODE_COLORS = 'code-colors.css'

/** Guides in the order a person needs them; what is not written yet is left out. */
const guides = [
  'first-payment',
  'webhooks',
  'tracker',
  'switching-providers',
  'testing',
  'adding-a-provider',
  'three-d-secure',
  'deciding',
  'reconciliation',
  'servers',
  'command-line',
  'cli',
]
const words = ['statuses', 'glossary']

export default defineConfig({
  title: 'payment-status',
  description: 'Where does this payment stand, and what may I do now?',
  lang: 'en',
  base,
  srcDir: '.content',
  appearance: { disableTransition: false },
  metaChunk: true,
  markdown: {
    anchor: { slugify: toAnchor },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    codeTransformers: [codeColors],
    config(md) {
      // markdown-it aligns columns with a style attribute.
      for (const rule of ['th_open', 'td_open']) {
        md.renderer.rules[rule] = (tokens, index, options, _environment, self) => {
          const token = tokens[index]
          const align = /text-align:(\w+)/.exec(token?.attrGet('style') ?? '')?.[1]
          if (token?.attrs) token.attrs = token.attrs.filter(([name]) => name !== 'style')
          if (align) token?.attrJoin('class', `align-${align}`)
          return self.renderToken(tokens, index, options)
        }
      }
    },
  },
  head: [
    ['link', { rel: 'stylesheet', href: `${base}${CODE_COLORS}` }],
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}favicon.svg` }],
  ],
  transformHtml: (html) => toContentSecurityPolicy(withoutStyleAttributes(html)),
  buildEnd({ outDir }) {
    writeFileSync(join(outDir, CODE_COLORS), codeColors.getCSS())
    writeFileSync(join(outDir, '.nojekyll'), '')
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    externalLinkIcon: true,
    nav: [
      { text: 'Guides', link: `/${existing(guides)[0]}` },
      { text: 'Webhooks', link: '/webhooks' },
      { text: 'Providers', link: '/providers/checkout-com' },
      { text: 'Reference', link: '/reference/' },
      { text: 'Playground', link: '/playground' },
    ],
    sidebar: {
      '/reference/': [{ text: 'Reference', link: '/reference/', items: pagesIn('reference') }],
      '/': [
        { text: 'Guides', items: toItems(existing(guides)) },
        { text: 'Providers', items: pagesIn('providers') },
        { text: 'Words', items: toItems(existing(words)) },
        { text: 'Try it', items: [{ text: 'Playground', link: '/playground' }] },
        { text: 'Good to know', items: toItems(others()) },
        { text: 'Packages', items: pagesIn('packages') },
        { text: 'Decisions', items: pagesIn('decisions') },
      ],
    },
  },
  vite: {
    // The packages are taken as they are built, from `dist`: what runs here is what is published.
    build: { target: 'es2023', chunkSizeWarningLimit: 1500 },
    plugins: [
      {
        name: 'no-network-of-the-page',
        // Fonts and images stay files: as data they would ask for more than the policy gives.
        config: () => ({ build: { assetsInlineLimit: 0 } }),
      },
    ],
  },
})

/** As GitHub calls a heading: the same links work in both places. */
function toAnchor(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function existing(names: readonly string[]): string[] {
  return names.filter((name) => existsSync(join(content, `${name}.md`)))
}

/** No page is lost: what nobody placed stands here. */
function others(): string[] {
  const placed = new Set([...guides, ...words, 'index', 'playground'])
  return readdirSync(content)
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.slice(0, -'.md'.length))
    .filter((name) => !placed.has(name))
    .sort()
}

function pagesIn(folder: string): DefaultTheme.SidebarItem[] {
  const path = join(content, folder)
  if (!existsSync(path)) return []
  const pages = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && name !== 'index.md')
    .map((name) => `${folder}/${name.slice(0, -'.md'.length)}`)
  return toItems(pages.sort())
}

function toItems(names: readonly string[]): DefaultTheme.SidebarItem[] {
  return names.map((name) => ({ text: titleOf(name), link: `/${name}` }))
}

function titleOf(name: string): string {
  const [, title = name] = /^# (.+)$/m.exec(readFileSync(join(content, `${name}.md`), 'utf8')) ?? []
  return title.replaceAll(/[`\\]/g, '')
}
