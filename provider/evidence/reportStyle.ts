import { Markup } from "./html.js";

/** Colours by role; a test holds the contrast of text to 4.5:1 and that of shapes to 3:1. */
export const palettes = {
  light: {
    paper: "#ffffff",
    panel: "#f3f5f7",
    ink: "#1a2026",
    soft: "#4a5661",
    line: "#c3cbd3",
    edge: "#6b7785",
    link: "#0b57a4",
    bar: "#2a6db0",
    warnPaper: "#fff1d6",
    warnInk: "#5c3300",
    warnEdge: "#b25c00",
    severity0: "#5f6b78",
    severity1: "#2a6db0",
    severity2: "#80690a",
    severity3: "#b4500a",
    severity4: "#8f1d3f",
    severity5: "#6a4c93",
  },
  dark: {
    paper: "#12161a",
    panel: "#1c2228",
    ink: "#e8ecf0",
    soft: "#b3bec9",
    line: "#3a444e",
    edge: "#8a97a5",
    link: "#8cc4ff",
    bar: "#6cabeb",
    warnPaper: "#3a2700",
    warnInk: "#ffdca3",
    warnEdge: "#e09a2d",
    severity0: "#9aa7b4",
    severity1: "#6cabeb",
    severity2: "#d1b541",
    severity3: "#f08c4a",
    severity4: "#f0809f",
    severity5: "#b79be0",
  },
} as const;

const variables = (palette: Readonly<Record<string, string>>): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(" ");

/** No fonts, images or styles from elsewhere; everything that may be long wraps or scrolls in its own area. */
export const style = Markup.trusted(`
:root { color-scheme: light dark; ${variables(palettes.light)} }
@media screen and (prefers-color-scheme: dark) { :root { ${variables(palettes.dark)} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
.content { max-width: 64rem; margin: 0 auto; padding: 0 1rem 2rem; }
.skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--paper); color: var(--link); }
.skip:focus { left: 0; top: 0; z-index: 1; }
.banner { background: var(--warnPaper); color: var(--warnInk); border-bottom: 4px solid var(--warnEdge); }
.banner p { max-width: 64rem; margin: 0 auto; padding: .5rem 1rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 1.5rem 0 .5rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.25rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p, ul, dl, pre { margin: .5rem 0; max-width: 46rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.note { color: var(--soft); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .85em; }
.hash { color: var(--soft); font-size: .72rem; line-height: 1.35; display: block; }
dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1rem 1rem; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; }
dl.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; max-width: none; margin: 1rem 0; }
dl.tiles div { display: flex; flex-direction: column-reverse; justify-content: flex-end; background: var(--panel); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; }
dl.tiles dt { color: var(--soft); font-size: .9rem; line-height: 1.3; }
dl.tiles dd { margin: 0; font-size: 1.6rem; line-height: 1.25; font-weight: 650; font-variant-numeric: tabular-nums; }
dl.tiles .word { font-size: 1.25rem; overflow-wrap: normal; }
figure { margin: 0; }
nav ol { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 1rem 0 0; max-width: none; }
nav a { display: inline-block; padding: .2rem 0; }
.beside { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem 2rem; align-items: start; }
@media (min-width: 56rem) { .beside { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
svg.chart { display: block; width: 100%; height: auto; }
svg.chart text { fill: var(--ink); font-family: inherit; font-size: 14px; font-variant-numeric: tabular-nums; }
svg .count { font-weight: 650; }
svg .soft { fill: var(--soft); }
svg .bar { fill: var(--bar); }
svg .track { fill: none; stroke: var(--edge); }
svg .grid { stroke: var(--line); }
svg .axis { stroke: var(--edge); }
svg .back { fill: var(--paper); }
svg.funnel { max-width: 34rem; }
svg.days { max-width: 50rem; }
svg.days text { font-size: 13px; }
${[0, 1, 2, 3, 4, 5].map((n) => `svg .fill${n} { fill: var(--severity${n}); } svg .line${n} { stroke: var(--severity${n}); }`).join(" ")}
@media (max-width: 40rem) { svg.days text { font-size: 24px; } svg.funnel text { font-size: 17px; } }
ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; max-width: none; }
ul.legend svg { width: 1.6em; height: 1em; vertical-align: -.12em; margin-right: .4em; }
.scroll { overflow: auto; border: 1px solid var(--line); border-radius: .4rem; margin: .75rem 0; }
.scroll table { margin: 0; }
.tall { max-height: 24rem; }
.tall > table { min-width: 34rem; }
.tall tbody th { min-width: 7rem; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-size: .92rem; line-height: 1.4; }
caption { text-align: left; font-weight: 600; padding: .4rem .5rem; }
th, td { text-align: left; vertical-align: top; font-weight: 400; padding: .35rem .5rem; border-top: 1px solid var(--line); }
thead th { font-weight: 600; background: var(--panel); overflow-wrap: normal; }
.tall thead th { position: sticky; top: 0; }
tfoot th, tfoot td { font-weight: 600; border-top: 2px solid var(--edge); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.half { width: 45%; }
.third { width: 33%; }
.little { width: 1%; overflow-wrap: normal; }
td.little { overflow-wrap: anywhere; min-width: 5rem; }
.name { font-weight: 600; }
.decision { white-space: nowrap; font-weight: 600; border: 1px solid var(--edge); border-radius: .3rem; padding: 0 .35rem; }
.decision.out { border-style: dashed; font-weight: 400; }
ul { padding-left: 1.25rem; }
ul.few { list-style: none; padding: 0; margin: 0; max-width: none; }
ul.few.marked { list-style: "– "; padding-left: .8em; }
pre { max-width: none; white-space: pre-wrap; background: var(--panel); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; }
/* a narrow screen: each row is a block, each cell has its heading before it */
@media screen and (max-width: 44rem) {
  .wide { border: 0; }
  .wide thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .wide table, .wide caption, .wide tbody, .wide tr, .wide th, .wide td { display: block; width: auto; min-width: 0; text-align: left; white-space: normal; }
  .wide tr { border: 1px solid var(--line); border-radius: .4rem; margin: .6rem 0; padding: .4rem .25rem; }
  .wide th, .wide td { border: 0; padding: .1rem .5rem; }
  .wide td::before { content: attr(data-heading) ": "; color: var(--soft); }
}
footer { margin-top: 2.5rem; padding-top: .75rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .9rem; }
@media (forced-colors: active) { svg { forced-color-adjust: none; --ink: CanvasText; --soft: CanvasText; --paper: Canvas; --bar: CanvasText; --line: GrayText; --edge: CanvasText; ${[0, 1, 2, 3, 4, 5].map((n) => `--severity${n}: CanvasText;`).join(" ")} } }
@page { size: A4; margin: 14mm 14mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #4a5661; } }
@media print {
  html { font-size: 12px; }
  body { font-size: 9.5pt; }
  nav, .skip { display: none; }
  .sheet { display: table; table-layout: fixed; width: 100%; border-collapse: separate; }
  .banner { display: table-header-group; break-inside: avoid; background: none; border: 0; }
  .banner div { border: 1.5pt solid var(--warnEdge); background: var(--warnPaper); margin-bottom: 4mm; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .banner p { padding: 1.5mm 3mm; max-width: none; }
  .content { display: table-row-group; }
  h1 { margin-top: 0; font-size: 18pt; }
  h2 { font-size: 13pt; margin-top: 7mm; }
  h2, h3, caption { break-after: avoid; }
  thead { display: table-header-group; break-after: avoid; }
  tbody tr:first-child { break-before: avoid; }
  tfoot { display: table-row-group; }
  tr, li, figure, dl.tiles div, .beside > figure { break-inside: avoid; }
  p { break-inside: avoid; max-width: none; }
  footer { margin-top: 1rem; }
  .scroll { overflow: visible; max-height: none; border: 0; }
  .tall > table { min-width: 0; }
  .together { break-inside: avoid; }
  svg.funnel text { font-size: 19px; }
  .tall thead th { position: static; }
  table { font-size: 8.5pt; line-height: 1.3; }
  th, td { padding: .2rem .4rem; }
  .hash { font-size: 6.8pt; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .beside { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  a { color: inherit; }
}
`);
