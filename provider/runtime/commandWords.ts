/**
 * The program and arguments of a command as one would type it: words between blanks, quotes and backslashes as in a shell. No shell
 * runs it, so what only a shell understands is refused and never half done: throws an `Error` with the reason.
 */
export function commandWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char === "\0") throw new Error("holds a zero byte");
    if (quote === "'") {
      if (char === "'") quote = "";
      else word += char;
    } else if (char === "\\" && next !== "" && (quote === "" ? escapable : escapableInQuotes).test(next)) {
      word = (word ?? "") + next;
      at++;
    } else if (char === "$" || char === "`") {
      throw forShells(char);
    } else if (quote !== "") {
      if (char === quote) quote = "";
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= "";
    } else if (/[|&;<>()\n\r]/.test(char)) {
      throw forShells(char);
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "~" && word === undefined) {
      throw forShells(char);
    } else word = (word ?? "") + char;
  }
  if (quote !== "") throw new Error(`has a ${quote} without its end`);
  if (word !== undefined) words.push(word);
  if (words.length === 0 || words[0] === "") throw new Error("names no program");
  return words;
}

// any other backslash stays: C:\Tools\sign.exe
const escapable = /[\s'"\\|&;<>()$`~]/;
const escapableInQuotes = /["\\$`]/;

const forShells = (char: string): Error =>
  new Error(
    `holds ${/[\n\r]/.test(char) ? "a line break" : char} outside of single quotes, and is not run by a shell; put it into a script`,
  );
