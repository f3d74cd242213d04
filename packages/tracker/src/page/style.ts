import { createHash } from 'node:crypto'

export const style = `
:root { color-scheme: light dark; --text: #1d1f24; --soft: #55585f; --line: #d5d7dc; --back: #fff; --panel: #f5f6f8; --link: #1f4b99; }
@media (prefers-color-scheme: dark) { :root { --text: #e7e8eb; --soft: #b0b3bb; --line: #41444c; --back: #17181c; --panel: #212329; --link: #9dbdff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1100px; padding: 16px; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
a { color: var(--link); }
:is(a, input, select, button, summary, [tabindex]):focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 16px; }
header { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: baseline; }
h1 { font-size: 24px; margin: 16px 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 32px 0 8px; }
h3 { font-size: 16px; margin: 24px 0 8px; overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; margin: 16px 0; }
label { display: block; font-size: 14px; color: var(--soft); }
input, select, button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--soft); border-radius: 4px; padding: 4px 8px; min-height: 34px; max-width: 100%; }
.search { flex: 1 1 260px; }
.search input { width: 100%; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
caption { text-align: left; color: var(--soft); padding: 4px 0; }
th, td { text-align: left; vertical-align: top; padding: 4px 10px; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; min-width: 5em; }
td.number, th.number { text-align: right; }
dl { display: grid; grid-template-columns: minmax(90px, max-content) 1fr; gap: 4px 16px; margin: 8px 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 8px 16px; margin: 8px 0; }
.glance { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 12px; }
.big { font-size: 28px; font-weight: 600; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
.paid { fill: #2a7d46; } .held { fill: #4577c9; } .undecided { fill: #b58a1b; } .not_paid { fill: #9a4a45; }
.returned { fill: #7a5aa6; } .verified { fill: #3b8f94; } .unclear { fill: #6d7078; }
.key { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; margin: 8px 0; font-size: 14px; }
.key svg { display: inline-block; width: 12px; height: 12px; }
.status { font-family: ui-monospace, monospace; font-weight: 600; }
.none { color: var(--soft); }
`

/** The page's only style is allowed by its hash, and no script is. */
export const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')
