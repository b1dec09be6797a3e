// C0, DEL, C1, line and paragraph separators, bidi controls, annotations, what is to be drawn as nothing, lone surrogates
const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]|\p{Default_Ignorable_Code_Point}|\p{Cs}/gu;

const escape = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

/** Control, bidi and invisible characters as `\u{hex}`; nothing else is changed, so that a command may still be copied. */
export const visible = (text: string): string => text.replace(unprintable, escape);

/**
 * Foreign text made safe for one line of a terminal, a log or an error message: control, bidi and invisible characters
 * become `\u{hex}`, and what a CI system would take for a command (`::set-output`, `##vso[`, `##teamcity[`, `##[`) is broken up.
 * Longer texts are cut at `max` characters.
 */
export function printable(text: string, max = 256): string {
  const cut = text.length > max ? `${text.slice(0, max)}…` : text;
  return visible(cut)
    .replace(/::/g, ":\\u{3a}")
    .replace(/##(?=(?:vso|teamcity)?\[)/gi, "#\\u{23}");
}

/** A length of time: `0.4 s`, `90 s`, `5 min`, `2.5 h`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Number((seconds / 3600).toFixed(1))} h`;
}

/** `1 server`, `2 servers`, `3 hashes`. */
export const plural = (count: number, thing: string): string =>
  `${count} ${thing}${count === 1 ? "" : /(?:s|sh|ch|x)$/.test(thing) ? "es" : "s"}`;
