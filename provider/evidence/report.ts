import { foreign, markup, Markup, type Content } from "./html.js";
import { factsOf } from "./reportFacts.js";
import type { ReportInput } from "./reportInput.js";
import { changes, hashes, inShort, leftOut, names, perDay, verifying, whole, type Section } from "./reportSections.js";
import { style } from "./reportStyle.js";

export type { Change, DayCounts, ReportInput } from "./reportInput.js";

/** Nothing is loaded and nothing runs, whatever gets into the page; the styles stand in it. */
const contentSecurityPolicy = Markup.trusted(
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
);

/** One HTML file that needs nothing else, for people: to read, to print, to hand on. Pure: equal inputs give equal bytes. */
export function reportHtml(input: ReportInput): string {
  const facts = factsOf(input);
  const sections = [
    inShort(input, facts),
    perDay(input),
    hashes(input, facts),
    leftOut(input, facts),
    names(input, facts),
    changes(input),
    whole(input),
    verifying(input),
  ];
  const prefix = [...(input.complete ? [] : ["INCOMPLETE"]), ...(input.sample ? ["SAMPLE DATA"] : [])];
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${[...prefix, firstOf(input.title)].join(": ")}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<div class="sheet">
${banner(input)}<div class="content">
${head(input)}<nav aria-label="Sections">
<ol>
${sections.map(({ id, heading }, index) => markup`<li><a href="#${id}">${index + 1}. ${heading}</a></li>\n`)}</ol>
</nav>
<main id="main" tabindex="-1">
${sections.map(sectionText)}</main>
<footer>
<p>Made by pulumi-hss ${foreign(input.version)}. This file runs no scripts and loads nothing from elsewhere.</p>
</footer>
</div>
</div>
</body>
</html>
`.toString();
}

const firstOf = (title: string): string => [...title.slice(0, 400)].slice(0, 200).join("");

const sectionText = ({ id, heading, content }: Section, index: number): Markup =>
  markup`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${index + 1}. ${heading}</h2>
${content}</section>
`;

/** What a reader must know before any figure; printed at the top of each page. */
function banner({ complete, sample }: ReportInput): Content {
  const said = [
    ...(complete
      ? []
      : [
          markup`<p><strong>INCOMPLETE READ:</strong> it is not shown that every event was read. There may be more than this report counts.</p>\n`,
        ]),
    ...(sample
      ? [
          markup`<p><strong>SAMPLE DATA:</strong> the events were made up by the emulator; they are not those of any real server.</p>\n`,
        ]
      : []),
  ];
  return said.length > 0
    ? markup`<aside class="banner" aria-label="What to know first"><div>\n${said}</div></aside>\n`
    : undefined;
}

/** For whoever finds this page and knows none of it. */
const lead = markup`<p>Huawei Cloud's Host Security Service (HSS) reports an event when a server runs a program that its process whitelist does not know. This page counts those events, groups them by the program's file and, where there is a rule, says which files a whitelist policy allows, and why.</p>
<p class="note">A file is known by its hash, a digest of its content: the same content has the same hash on every server and under every name.</p>
`;

function head({ title, place, window, createdAt }: ReportInput): Markup {
  const facts: [string, string | undefined][] = [
    ["Project", place.project],
    ["Region", place.region],
    ["Enterprise project", place.enterpriseProject],
    ["Read from", place.endpoint],
    ["Time span from", window.beginTime],
    ["Time span to", window.endTime],
    ["Made at", createdAt],
  ];
  const items = facts.map(([label, value]) =>
    value === undefined ? undefined : markup`<dt>${label}</dt><dd>${foreign(value)}</dd>\n`,
  );
  return markup`<header>
<h1>${foreign(title)}</h1>
${lead}<dl class="facts">
${items}</dl>
</header>
`;
}
