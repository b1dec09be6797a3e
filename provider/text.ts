// C0, DEL, C1, line and paragraph separators, bidi controls, annotations, what is to be drawn as nothing, lone surrogates
const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]|\p{Default_Ignorable_Code_Point}|\p{Cs}/gu;

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
