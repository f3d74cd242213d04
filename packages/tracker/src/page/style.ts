import { createHash } from 'node:crypto'

/** Colours of the outcomes, the same in badges, bars, cards and the summary. Each has a text, a ground and a solid colour. */
const tones = {
  paid: { light: ['#0b5a30', '#dcf5e4', '#2c9a5b'], dark: ['#8fe0b0', '#12361f', '#37a365'] },
  held: { light: ['#1d4595', '#deeafc', '#4b83dd'], dark: ['#a9c9ff', '#182f57', '#5b8fe6'] },
  verified: { light: ['#0e5552', '#d5f2ef', '#2b9791'], dark: ['#86ddd6', '#0f3836', '#2f9f98'] },
  returned: { light: ['#563291', '#ebe3fb', '#8a68cd'], dark: ['#cdb7fa', '#33225a', '#9a78de'] },
  undecided: { light: ['#6d4300', '#fdf0cb', '#dba32b'], dark: ['#f3cf7c', '#423108', '#cf9a2c'] },
  unclear: { light: ['#3f4656', '#e6e9ef', '#858d9d'], dark: ['#c3cad8', '#2c323e', '#7f8899'] },
  not_paid: { light: ['#8b1c17', '#fde4e1', '#cf5a50'], dark: ['#ffb0a8', '#4a1a17', '#d2645a'] },
} as const

function colours(scheme: 'light' | 'dark'): string {
  return Object.entries(tones)
    .map(([name, { [scheme]: values }]) => {
      const [text, ground, solid] = values
      return `.${name} { --tone: ${text}; --ground: ${ground}; --solid: ${solid}; }`
    })
    .join('\n')
}

export const style = `
:root { color-scheme: light dark; --text: #1a1f2b; --soft: #545c6c; --line: #dfe3ea; --back: #f5f7fa; --panel: #fff; --link: #1f50b5; --button: #1f50b5; --on-button: #fff; --border: #8a93a3; --shadow: 0 1px 2px #1a1f2b14; --bad: #a3221b; }
${colours('light')}
@media (prefers-color-scheme: dark) {
:root { --text: #e7eaf0; --soft: #a9b1c0; --line: #2f3643; --back: #11151c; --panel: #191e27; --link: #9fc0ff; --button: #9fc0ff; --on-button: #10203f; --border: #6f7889; --shadow: none; --bad: #ffb0a8; }
${colours('dark')}
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--text); background: var(--back); }
.inside { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
a { color: var(--link); text-underline-offset: 2px; }
:is(a, input, select, button, summary, [tabindex]):focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 16px; top: 8px; z-index: 1; background: var(--panel); padding: 4px 8px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.top { background: var(--panel); border-bottom: 1px solid var(--line); margin-bottom: 24px; }
.top .inside { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: center; padding-top: 14px; padding-bottom: 14px; }
.top nav { display: flex; flex-wrap: wrap; gap: 4px 20px; }
.top nav a { text-decoration: none; padding: 2px 0; border-bottom: 2px solid transparent; }
.top nav a:hover { text-decoration: underline; }
.top [aria-current] { color: var(--text); font-weight: 600; border-color: var(--link); }
.brand { font-weight: 700; font-size: 17px; color: var(--text); text-decoration: none; }
footer.inside { color: var(--soft); font-size: 14px; padding-top: 32px; padding-bottom: 40px; }
h1 { font-size: 28px; line-height: 1.25; margin: 28px 0 16px; overflow-wrap: anywhere; }
.back + h1 { margin-top: 8px; }
h1 .kind { color: var(--soft); font-weight: 500; }
h2 { font-size: 20px; line-height: 1.3; margin: 36px 0 12px; }
h3 { font-size: 16px; margin: 0 0 4px; }
p { margin: 0 0 8px; }
.soft { color: var(--soft); }
.hint { color: var(--soft); font-size: 14px; margin: 0 0 8px; }
.back { font-size: 14px; margin: 24px 0 0; }
code { font: 13px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.id { user-select: all; }
.search { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 18px 20px 20px; box-shadow: var(--shadow); }
.search label { font-weight: 600; font-size: 18px; }
.row { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: end; }
.row p { margin: 0; }
.search .row { flex-wrap: nowrap; }
.search input { flex: 1 1 auto; min-width: 0; }
label { display: block; font-size: 14px; font-weight: 500; }
input, select { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--border); border-radius: 8px; padding: 8px 12px; min-height: 44px; max-width: 100%; }
button, .button { font: inherit; font-weight: 600; color: var(--on-button); background: var(--button); border: 1px solid var(--button); border-radius: 8px; padding: 8px 18px; min-height: 44px; cursor: pointer; text-decoration: none; display: inline-block; }
.small, .button, .filter button { color: var(--link); background: var(--panel); border-color: var(--border); }
.small { font-size: 14px; min-height: 34px; padding: 4px 12px; white-space: nowrap; }
.filter { margin-bottom: 16px; }

.filter input { width: 165px; }
.filter select { width: 180px; }
.after { margin-top: 12px; }
.problem { color: var(--bad); font-weight: 600; }
.notice { background: #dcf5e4; color: #0b5a30; border-radius: 8px; padding: 10px 16px; margin: 16px 0 0; font-weight: 500; }
.badge { display: inline-block; white-space: nowrap; color: var(--tone); background: var(--ground); border-radius: 999px; padding: 1px 10px; font-size: 13px; font-weight: 600; line-height: 1.6; }
.count { font-size: 14px; background: var(--line); border-radius: 999px; padding: 1px 9px; vertical-align: 2px; }
.summary, .card, .panel, .task { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 18px 20px; box-shadow: var(--shadow); }
.summary { border-left: 6px solid var(--solid); }
.state, .card header { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; margin-bottom: 6px; }
.amount { margin-left: auto; font-weight: 600; font-variant-numeric: tabular-nums; }
.sentence { font-size: 20px; line-height: 1.45; margin: 0; }
.empty { color: var(--soft); border: 1px dashed var(--border); border-radius: 12px; padding: 14px 20px; margin: 0; }
.tasks, .health, .legend, .words { list-style: none; margin: 0; padding: 0; }
.task { border-left: 6px solid var(--solid); --solid: #dba32b; margin-bottom: 12px; }
.task form { margin-top: 8px; }
.why { font-weight: 500; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; align-items: start; }
.card { border-top: 4px solid var(--solid); min-width: 0; }
dl { margin: 12px 0 0; font-size: 15px; }
dl div { display: grid; grid-template-columns: 150px 1fr; gap: 0 16px; padding: 5px 0; border-top: 1px solid var(--line); }
dl div:first-child { border-top: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
summary { cursor: pointer; color: var(--link); padding: 6px 0; }
.more { margin-top: 16px; font-size: 15px; }
.wide { position: relative; overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); }
.panel .wide, .card .wide { border: 0; box-shadow: none; border-radius: 0; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: 10px 14px; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: 400; }
tbody tr:last-child :is(th, td) { border-bottom: 0; }
thead th { color: var(--soft); font-weight: 600; font-size: 13px; background: var(--back); }
.panel thead th, .card thead th { background: none; }
.panel :is(th, td):first-child, .card :is(th, td):first-child { padding-left: 0; }
.panel :is(th, td):last-child, .card :is(th, td):last-child { padding-right: 0; }
.line :is(.id, a) { display: inline-block; max-width: 250px; overflow: hidden; text-overflow: ellipsis; vertical-align: bottom; }
.glance :is(th, td) { padding: 8px; }
.glance tbody th { white-space: normal; overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.text { white-space: normal; min-width: 12em; }
.words li { display: inline-block; margin-right: 14px; }
.panel h2 { margin-top: 0; }
section.panel { margin-top: 36px; }
.glance { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); gap: 16px; margin-top: 16px; }
.glance section.panel { margin: 0; min-width: 0; }
.big { font-size: 36px; font-weight: 650; line-height: 1.2; margin: 0 0 8px; font-variant-numeric: tabular-nums; }
.meter { display: block; width: 100%; height: 10px; border-radius: 5px; margin-bottom: 8px; }
.health li { display: grid; grid-template-columns: 56px 1fr; gap: 12px; align-items: start; padding: 8px 0; border-top: 1px solid var(--line); }
.health li:first-child { border-top: 0; }
.health .badge { text-align: center; padding: 1px 0; margin-top: 2px; }
.chart { display: block; width: 100%; height: auto; }
.narrow { display: none; }
.chart text { fill: var(--soft); font: 12px system-ui, sans-serif; text-anchor: middle; }
.chart .mark { text-anchor: end; }
.chart .figure { fill: var(--text); font-weight: 600; }
.grid { stroke: var(--line); }
.ground { stroke: var(--border); }
:is(.chart, .meter) rect { fill: var(--solid); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 8px 0; font-size: 14px; }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 3px; background: var(--solid); margin-right: 6px; vertical-align: -1px; }
.plain { padding-left: 20px; }
@media (prefers-color-scheme: dark) { .notice { background: #12361f; color: #8fe0b0; } .task { --solid: #cf9a2c; } }
@media (max-width: 599px) {
.inside { padding: 0 16px; }
.top { margin-bottom: 16px; }
h1 { font-size: 23px; }
.filter { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); }
.filter :is(select, input, button) { width: 100%; }
td:has(> .cell > .none) { display: none; }
.sentence { font-size: 18px; }
.roomy { display: none; }
.narrow { display: block; }
dl div { grid-template-columns: 96px minmax(0, 1fr); gap: 0 10px; }
table, tbody, tr, th, td { display: block; }
thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.wide { background: none; border: 0; box-shadow: none; border-radius: 0; }
tbody tr { padding: 12px 16px; margin-bottom: 10px; background: var(--panel); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); }
:is(.panel, .card) tbody tr { padding: 8px 0; margin: 0; border-width: 1px 0 0; border-radius: 0; box-shadow: none; }
tbody :is(th, td), .panel :is(th, td):first-child { display: grid; grid-template-columns: 96px minmax(0, 1fr); gap: 0 10px; padding: 3px 0; border: 0; text-align: left; white-space: normal; min-width: 0; }
tbody :is(th, td)::before { content: attr(data-label); color: var(--soft); font-weight: 400; }
tbody th { font-weight: 600; }
tbody .number { text-align: left; }
tbody .text { display: block; }
tbody .text::before { display: block; }
.cell { overflow-wrap: anywhere; min-width: 0; }
.line :is(.id, a) { display: inline; }
}
`

/** Allows the page's own style by its hash, forms to its own origin, and nothing else. */
export const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')
