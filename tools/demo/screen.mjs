import { clearInterval, setInterval } from "node:timers";

const colour = process.stdout.isTTY && !process.env.NO_COLOR;
/** @param {number} code @param {string} text */
const styled = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

/** @param {string[]} lines */
export const say = (...lines) => lines.forEach((line) => console.log(line));

let steps = 0;

/** @param {string} text */
export const title = (text) => say("", styled(1, `${++steps}. ${text}`));

/** What a person would type. @param {string[]} words */
export const command = (...words) => say(styled(2, `   $ ${words.join(" ")}`));

/** What it says. @param {readonly string[]} lines */
export const result = (lines) => say(...lines.map((line) => `   ${line}`));

/** @param {number} ms */
const clock = (ms) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;

/**
 * How far a long piece of work is: one line that is rewritten on a terminal, elsewhere one every 30 seconds. Silent until
 * it is shown, so that other work can speak first.
 */
export function longWork() {
  const since = Date.now();
  let last = "";
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const { isTTY } = process.stdout;
  const columns = process.stdout.columns || 80;
  const draw = () => {
    const line = `   [${clock(Date.now() - since)}] ${last}`;
    if (isTTY) process.stdout.write(`\r\u001b[K${line.slice(0, Math.max(20, columns - 1))}`);
    else console.log(line);
  };
  return {
    /** @param {string} line */
    is(line) {
      last = line;
    },
    /** From now on, and once. */
    show() {
      if (timer) return;
      draw();
      timer = setInterval(draw, isTTY ? 1000 : 30_000);
    },
    end() {
      if (timer && isTTY) process.stdout.write("\r\u001b[K");
      clearInterval(timer);
      timer = undefined;
    },
  };
}
