/**
 * Text of which parts may be unknown: code points, and marks for what may stand there. What is compared with patterns
 * is such a sequence, so that one of them stands for all the texts that a reported path may mean.
 */
export type Symbols = readonly number[];

/** Any text, separators too, or nothing. */
export const anything = -1;
/** Any text without a separator, or nothing. */
export const anyName = -2;
/** One character, not a separator. */
export const anyChar = -3;

const mayBeAbsent = 0x200000;

/** A character that may or may not be there. */
export const optional = (code: number): number => code | mayBeAbsent;
export const isOptional = (symbol: number): boolean => symbol >= mayBeAbsent;
export const codeOf = (symbol: number): number => symbol & (mayBeAbsent - 1);

export const separator = 0x2f;

export function symbolsOf(text: string): number[] {
  const out: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const code = text.codePointAt(i) as number;
    if (code > 0xffff) i += 1;
    // a character that was lost on the way, or several
    out.push(code === 0xfffd ? anyName : code);
  }
  return out;
}
