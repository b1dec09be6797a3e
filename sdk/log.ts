import * as pulumi from "@pulumi/pulumi";
import type { Log } from "../provider/runtime/runtime.js";

/** Messages to Pulumi, which shows them; outside of Pulumi to standard error, since standard output is the program's. */
export function pulumiLog(): Log {
  const send =
    (say: (text: string) => unknown, isQuiet = false) =>
    (text: string) => {
      if (pulumi.runtime.hasEngine()) void say(text);
      else if (!isQuiet) process.stderr.write(`${text}\n`);
    };
  return {
    debug: send((text) => pulumi.log.debug(text), true),
    info: send((text) => pulumi.log.info(text)),
    warn: send((text) => pulumi.log.warn(text)),
    // a line that Pulumi's display replaces by the next, and leaves out of the finished log
    progress: send((text) => pulumi.log.info(text, undefined, undefined, true), true),
  };
}
