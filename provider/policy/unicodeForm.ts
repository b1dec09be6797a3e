/**
 * The text in Unicode's composed form, so that both ways to write an accented letter are one. Characters that stand for
 * another single one (KELVIN SIGN for K) stay: file systems keep them apart. Undefined if more marks follow each other
 * than any writing has.
 */
export function composed(text: string): string | undefined {
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  // sorting marks takes time that grows with the square of their number
  if (/\p{M}{31}/u.test(text)) return undefined;
  let out = "";
  let run = "";
  for (const char of text) {
    if (isSingleton(char)) {
      out += run.normalize("NFC") + char;
      run = "";
    } else run += char;
  }
  return out + run.normalize("NFC");
}

function isSingleton(char: string): boolean {
  if ((char.codePointAt(0) as number) < 0x340) return false;
  const form = char.normalize("NFC");
  return form !== char && [...form].length === 1;
}
