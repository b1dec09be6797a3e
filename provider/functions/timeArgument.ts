import { z } from "zod";

const decimal = /^\d{1,19}$/;
// date and time with an offset; seconds and their fraction optional, as people write them
const dateTime = /^\d{4}-\d{2}-\d{2}[Tt ](?:[01]\d|2[0-3]):\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** The last second that four digits of a year can name. */
const lastSecond = 253_402_300_799;

/** Milliseconds since the epoch, or why the text is no time. */
export function parseTime(textual: string): { milliseconds: number } | { reason: string } {
  if (decimal.test(textual)) {
    const seconds = Number(textual);
    if (seconds > lastSecond)
      return { reason: "is beyond the year 9999 in seconds since the epoch; it looks like milliseconds" };
    return { milliseconds: seconds * 1000 };
  }
  if (!dateTime.test(textual)) {
    return { reason: "takes RFC 3339 with an offset (2026-11-01T00:00:00Z), or decimal seconds since the epoch" };
  }
  const milliseconds = Date.parse(textual.replace(" ", "T").toUpperCase());
  if (Number.isNaN(milliseconds) || !sameDay(textual)) return { reason: "names a day or hour that does not exist" };
  if (milliseconds < 0 || milliseconds > lastSecond * 1000 + 999) return { reason: "takes the years 1970 to 9999" };
  return { milliseconds };
}

// JavaScript reads 30 February as 1 or 2 March
function sameDay(textual: string): boolean {
  const day = textual.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) === day;
}

/** A time argument: checked, and still the text that was given. */
export const timeArgument = (description: string) =>
  z
    .string("takes a text: RFC 3339, or decimal seconds since the epoch")
    .superRefine((value, context) => {
      const parsed = parseTime(value);
      if ("reason" in parsed) context.addIssue({ code: "custom", message: parsed.reason });
    })
    .meta({ description });

/** Of a text that `timeArgument` has accepted. */
export function timeOf(textual: string): number {
  const parsed = parseTime(textual);
  if ("reason" in parsed) throw new RangeError(parsed.reason);
  return parsed.milliseconds;
}
