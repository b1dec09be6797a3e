import type { Log } from "./runtime.js";

/** The log, each line as `map` makes it. */
export const mappedLog = (log: Log, map: (message: string) => string): Log => ({
  debug: (message) => {
    log.debug(map(message));
  },
  info: (message) => {
    log.info(map(message));
  },
  warn: (message) => {
    log.warn(map(message));
  },
  progress: (message) => {
    log.progress(map(message));
  },
});
