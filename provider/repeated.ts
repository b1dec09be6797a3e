import { closest } from "./suggest.js";
import { printable } from "./text.js";

/*
 * What of a user's own words a message repeats. A program, a file or a shell may have put anything where a name is expected, a
 * secret too: key and value swapped, a token instead of the name of its file.
 */

/** So much is repeated, whatever it is: a piece of a secret begins at eight characters. */
const harmless = 7;

/** A name: as it is where it is short, or nearly one of those that are known. */
export function repeatedName(name: string, known: readonly string[] = []): string {
  return name.length <= harmless || closest(name, known) !== undefined ? printable(name, 64) : beginning(name);
}

/** The name of a file: as it is where it looks like one. */
export function repeatedPath(path: string): string {
  const isPath = rooted.test(path) || ending.test(path);
  const isHarmless = isPath && path.length <= 256 && !/[{}"\n]/.test(path) && !path.split(/[/\\]/).some(looksSecret);
  return isHarmless || path.length <= harmless ? printable(path) : beginning(path);
}

const beginning = (text: string): string => `${printable(text.slice(0, 3))}… (${text.length} characters)`;

const rooted = /^(?:~|\.{1,2}|[A-Za-z]:)?[/\\]/;
const ending = /^[\w ./\\-]+\.(?:pem|crt|cer|json|ya?ml|ini|txt|cfg|conf|jwt|token)$/i;

const looksSecret = (part: string): boolean =>
  part.length >= 20 && /[a-z]/.test(part) && /[A-Z]/.test(part) && /[0-9]/.test(part);
