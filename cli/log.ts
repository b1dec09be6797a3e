import type { Log } from "../provider/runtime/runtime.js";

export type ProgressMode = "auto" | "plain" | "none";

/** What is said beside the data: on standard error, and how far a read is only where somebody looks, or asked for it. */
export function stderrLog(mode: ProgressMode): Log & { end(): void } {
  const isTerminal = process.stderr.isTTY;
  let hasLine = false;
  const clear = () => {
    if (hasLine) process.stderr.write("\r\u001b[K");
    hasLine = false;
  };
  const say = (message: string) => {
    clear();
    process.stderr.write(`${message.replace(/\s*\n\s*/g, " ")}\n`);
  };
  return {
    debug: () => undefined,
    info: say,
    warn: say,
    progress(message) {
      if (mode === "plain") say(message);
      else if (mode === "auto" && isTerminal) {
        clear();
        process.stderr.write(message.slice(0, Math.max(20, process.stderr.columns - 1)));
        hasLine = true;
      }
    },
    end: clear,
  };
}
