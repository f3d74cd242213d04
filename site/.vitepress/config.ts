import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformerStyleToClass } from '@shikijs/transformers'
import { type DefaultTheme, defineConfig } from 'vitepress'
import { type Group, pagesIn, readGroups, titleOf } from '../scripts/navigation.ts'
import { toContentSecurityPolicy, withoutStyleAttributes } from '../scripts/security.ts'

const base = process.env.SITE_BASE ?? '/'

/** Colours of code are classes in a file, because the pages' policy allows no style attribute. */
const codeColors = transformerStyleToClass({ classPrefix: 'code-' })
const CODE_COLORS = 'code-colors.css'

export default defineConfig({
  title: 'payment-status',
  description: 'The status of an order’s payment, and the next step for your shop.',
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
      // An address in prose, such as one of localhost, stays text. Links are written as links.
      md.set({ linkify: false })
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
    search: {
      provider: 'local',
      options: {
        // Members in the reference are part of what they belong to: their names would hide the guides.
        _render(source, env, md) {
          const html = md.render(source, env)
          const isReference = env.relativePath.startsWith('reference/')
          return isReference ? html.replaceAll(/<(\/?)h[3-6]\b[^>]*>/g, '<$1p>') : html
        },
        miniSearch: {
          // Values only: VitePress would ship a function as text to evaluate, and the policy forbids that.
          searchOptions: { fuzzy: false, prefix: true, boost: { title: 6, titles: 3, text: 1 } },
        },
      },
    },
    outline: [2, 3],
    externalLinkIcon: true,
    nav: [
      { text: 'Guides', link: '/all-pages' },
      { text: 'Webhooks', link: '/webhooks' },
      { text: 'Tracker', link: '/tracker' },
      { text: 'API', link: '/reference/' },
      { text: 'Playground', link: '/playground' },
    ],
    sidebar: {
      '/reference/': [{ text: 'API reference', link: '/reference/', items: toItems(pagesIn('reference')) }],
      '/': [
        { text: 'Try it', items: [{ text: 'Playground', link: '/playground' }] },
        ...readGroups().map(toSection),
        { text: 'Packages', items: toItems(pagesIn('packages')) },
      ],
    },
  },
  vite: {
    // Packages are imported from `dist`, so the playground runs what is published.
    build: { target: 'es2023', chunkSizeWarningLimit: 1500 },
    plugins: [
      {
        name: 'no-network-of-the-page',
        // Fonts and images stay files, because the policy allows no data URLs of fonts.
        config: () => ({ build: { assetsInlineLimit: 0 } }),
      },
    ],
  },
})

/** Makes the anchor that GitHub makes of a heading, so that the same links work in both places. */
function toAnchor(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function toSection({ title, pages }: Group): DefaultTheme.SidebarItem {
  return { text: title, items: toItems(pages) }
}

function toItems(pages: readonly string[]): DefaultTheme.SidebarItem[] {
  return pages.map((page) => ({ text: titleOf(page), link: `/${page}` }))
}
