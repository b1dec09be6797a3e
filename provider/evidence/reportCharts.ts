import { plural } from "../text.js";
import { markup, type Content, type Markup } from "./html.js";
import { otherSeverity, share, sum, type Days, type Facts } from "./reportFacts.js";
import { severities } from "../policy/severity.js";

/** A drawing with its words for those who do not see it; the figures stand in a table beside. */
interface Chart {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly content: Content;
}

const drawing = ({ id, title, description, width, height, content }: Chart): Markup =>
  markup`<svg class="chart ${id}" role="img" viewBox="0 0 ${width} ${height}" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">${title}</title>
<desc id="${id}-text">${description}</desc>
${content}
</svg>
`;

/** Two digits are enough for a drawing, and the same everywhere. */
const length = (value: number): number => Math.round(value * 100) / 100;

export interface Step {
  readonly label: string;
  readonly count: number;
  readonly of: number;
  readonly unit: "event" | "hash";
}

/** What is left after each step; events and hashes each have their own scale. */
export function funnelSteps({ events, withoutHash, hashes, policy }: Facts): Step[] {
  const [event, hash] = [
    { of: events, unit: "event" as const },
    { of: hashes, unit: "hash" as const },
  ];
  return [
    { label: "events read", count: events, ...event },
    { label: "events with a usable hash", count: Math.max(0, events - withoutHash), ...event },
    { label: "different hashes", count: hashes, ...hash },
    ...(policy ? [{ label: "observed hashes allowed", count: policy.allowed, ...hash }] : []),
  ];
}

export function funnelChart(steps: readonly Step[]): Markup {
  const [width, step, gap] = [480, 52, 14];
  const heightAt = (index: number) => index * step + (steps[index]?.unit === "hash" ? gap : 0);
  const bars = steps.map(({ label, count, of }, index) => {
    const top = heightAt(index);
    const filled = of > 0 ? Math.max(count > 0 ? 2 : 0, length(((width - 2) * count) / of)) : 0;
    return markup`<text x="1" y="${top + 19}"><tspan class="count">${count}</tspan> ${label}</text>
<rect class="bar" x="1" y="${top + 26}" width="${filled}" height="16"/><rect class="track" x="1" y="${top + 26}" width="${width - 2}" height="16"/>
`;
  });
  return drawing({
    id: "funnel",
    title: "From events to allowed hashes",
    description: `${steps.map(({ label, count }) => `${count} ${label}`).join(", ")}. Bars of events and bars of hashes have scales of their own.`,
    ...{ width, height: heightAt(steps.length - 1) + step, content: bars },
  });
}

/** Each severity has a pattern besides its colour: 0 is the mildest, 5 is any other word. */
const patterns: readonly Markup[] = [
  markup`<rect class="back" width="8" height="8"/><path class="line0" d="M0 4H8"/>`,
  markup`<rect class="back" width="8" height="8"/><path class="line1" stroke-width="2" d="M-2 2L2 -2M0 8L8 0M6 10L10 6"/>`,
  markup`<rect class="back" width="8" height="8"/><circle class="fill2" cx="2" cy="2" r="1.6"/><circle class="fill2" cx="6" cy="6" r="1.6"/>`,
  markup`<rect class="back" width="8" height="8"/><path class="line3" stroke-width="2" d="M0 0L8 8M0 8L8 0"/>`,
  markup`<rect class="fill4" width="8" height="8"/>`,
  markup`<rect class="back" width="8" height="8"/><path class="line5" stroke-width="2" d="M2 0V8M6 0V8"/>`,
];

const rankOf = (severity: string): number =>
  severity === otherSeverity ? severities.length : severities.findIndex((known) => known === severity);

const definitions = markup`<defs>${patterns.map(
  (content, index) =>
    markup`<pattern id="fill${index}" width="8" height="8" patternUnits="userSpaceOnUse">${content}</pattern>`,
)}</defs>
`;

/** The next of 1, 2, 5, 10, 20, 50 ... */
function roundUp(value: number): number {
  let power = 1;
  for (;;) {
    for (const digit of [1, 2, 5]) if (digit * power >= value) return digit * power;
    power *= 10;
  }
}

export function daysChart({ severities: words, rows, daysInRow }: Days): Markup {
  const [width, height, left, bottom, top] = [720, 250, 68, 34, 16];
  const most = Math.max(0, ...rows.map(({ counts }) => sum(counts)));
  const scale = roundUp(Math.max(1, most));
  const yOf = (count: number) => length(height - bottom - ((height - bottom - top) * count) / scale);
  const each = (width - left) / Math.max(1, rows.length);
  const ticks = [0, ...(scale % 2 === 0 ? [scale / 2] : []), scale].map((tick) => {
    const y = yOf(tick);
    return markup`<path class="${tick === 0 ? "axis" : "grid"}" d="M${left} ${y}H${width}"/><text class="soft" x="${left - 8}" y="${length(y + 6)}" text-anchor="end">${tick}</text>
`;
  });
  const bars = rows.map(({ counts }, index) => {
    let below = 0;
    // the most severe stands on the line, where heights can be compared
    const parts = words.map((word, column) => ({ word, count: counts[column] ?? 0 })).reverse();
    return parts.map(({ word, count }) => {
      if (count === 0) return undefined;
      const [y, x] = [yOf(below + count), length(left + each * index + each * 0.1)];
      const tall = length(yOf(below) - y);
      below += count;
      const rank = rankOf(word);
      return markup`<rect class="part line${rank}" fill="url(#fill${rank})" x="${x}" y="${y}" width="${length(each * 0.8)}" height="${tall}"/>
`;
    });
  });
  const [first, last] = [rows[0], rows[rows.length - 1]];
  const highest = rows.find(({ counts }) => sum(counts) === most);
  const ends = rows.length > 1 ? [first?.first, last?.last] : [first?.first];
  const labels = ends.map(
    (day, index) =>
      markup`<text class="soft" x="${index === 0 ? left : width}" y="${height - 8}" text-anchor="${index === 0 ? "start" : "end"}">${plainDay(day)}</text>
`,
  );
  const span = highest && (highest.first === highest.last ? highest.first : `${highest.first} to ${highest.last}`);
  return markup`${drawing({
    id: "days",
    title: daysInRow > 1 ? `Events for each ${daysInRow} days, by severity` : "Events per day, by severity",
    description: `${plural(rows.length, "bar")}, from ${plainDay(first?.first)} to ${plainDay(last?.last)}; the most, ${plural(most, "event")}, are those of ${span === undefined ? "no day" : plainDay(span)}.`,
    ...{ width, height, content: [definitions, ticks, bars, labels] },
  })}${legend(words)}`;
}

/** A drawing can't isolate text, so that nothing but a date gets into it. */
const plainDay = (day = ""): string => (/^[\d-]{1,10}(?: to [\d-]{1,10})?$/.test(day) ? day : "a day");

const legend = (words: readonly string[]): Markup =>
  markup`<ul class="legend" aria-label="Patterns of the severities">${words.map((word) => {
    const rank = rankOf(word);
    return markup`<li><svg aria-hidden="true" viewBox="0 0 32 20"><rect class="part line${rank}" fill="url(#fill${rank})" x="1" y="1" width="30" height="18"/></svg>${word}</li>
`;
  })}</ul>
`;

export const funnelRows = (steps: readonly Step[]): Content[][] =>
  steps.map(({ label, count, of, unit }, index) => {
    const isFirst = steps[index - 1]?.unit !== unit;
    return [label, count, isFirst ? "" : `${share(count, of)} of ${unit === "event" ? "events" : "hashes"}`];
  });
