// C0, DEL, C1, soft hyphen, zero-width, line and paragraph separators, bidi controls, BOM, tags, lone surrogates
const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu;

const escape = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

/**
 * Foreign text made safe for one line of a terminal, a log or an error message: control, bidi and invisible characters
 * become `\u{hex}`, and what a CI system would take for a command (`::set-output`, `##vso[`, `##[`) is broken up.
 * Longer texts are cut at `max` characters.
 */
export function printable(text: string, max = 256): string {
  const cut = text.length > max ? `${text.slice(0, max)}…` : text;
  return cut
    .replace(unprintable, escape)
    .replace(/::/g, ":\\u{3a}")
    .replace(/##(?=vso\[|\[)/gi, "#\\u{23}");
}
