/** The last millisecond of the year 9999: four digits of a year are all that RFC 3339 has. */
export const lastMillisecond = 253_402_300_799_999;

export const dayMs = 24 * 60 * 60 * 1000;

const decimal = /^\d{1,19}$/;
// date and time with an offset; seconds and their fraction optional, as people write them
const dateTime = /^\d{4}-\d{2}-\d{2}[Tt ](?:[01]\d|2[0-3]):\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the epoch, or why the string is not a time. */
export function parseTime(textual: string): { milliseconds: number } | { reason: string } {
  if (decimal.test(textual)) {
    const milliseconds = Number(textual) * 1000;
    return milliseconds <= lastMillisecond
      ? { milliseconds }
      : { reason: "is beyond the year 9999 in seconds since the epoch; it looks like milliseconds" };
  }
  if (!dateTime.test(textual)) {
    return { reason: "takes RFC 3339 with an offset (2026-11-01T00:00:00Z), or decimal seconds since the epoch" };
  }
  const milliseconds = Date.parse(textual.replace(" ", "T").toUpperCase());
  if (Number.isNaN(milliseconds) || !sameDay(textual)) return { reason: "names a day or hour that does not exist" };
  if (milliseconds < 0 || milliseconds > lastMillisecond) return { reason: "takes the years 1970 to 9999" };
  return { milliseconds };
}

// JavaScript reads 30 February as 1 or 2 March
function sameDay(textual: string): boolean {
  const day = textual.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) === day;
}
