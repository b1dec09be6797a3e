import { z } from "zod";
import { observationText, observedProcess, sharedPath, withoutHash } from "../policy/index.js";
import { defineFunction } from "./definition.js";
import { observe } from "./observe.js";
import { checkFleet, fleetArguments, readingResult } from "./query.js";

export const getObservedProcesses = defineFunction({
  name: "getObservedProcesses",
  description:
    "Reads the same events as `getAppWhitelistEvents` and groups them by file hash: one process for each distinct hash, with the evidence for a decision. A read that can't be shown to be whole is an error.",
  example: `
variables:
  observed:
    fn::invoke:
      function: hss:getObservedProcesses
      arguments: {}
outputs:
  mostReported: \${observed.processes[0].names[0]}
`,
  args: fleetArguments,
  result: z.object({
    processes: z.array(observedProcess).meta({
      description: "One process for each distinct file hash, ordered by `eventCount` descending, then `hash`.",
    }),
    withoutHash: z.array(withoutHash).meta({ description: "Events that carry no usable hash, by reason." }),
    sharedPaths: z.array(sharedPath).meta({ description: "Paths under which files of different hashes were seen." }),
    totalNum: z.int().meta({ description: "The total that the service reports (`total_num`)." }),
    complete: z.boolean().meta({ description: "True: the read is shown to be whole." }),
    reading: readingResult,
    observation: z.string().meta({
      description:
        "The same as one string, with what stood together and where it comes from: canonical JSON that carries its own digest. `getWhitelistPolicyDocument` and `getWhitelistPolicyDiff` take it as it is.",
    }),
  }),
  readsFleets: true,
  check: checkFleet,
  async run(context, given, queries) {
    const observed = await observe(context, given, queries);
    const { processes, withoutHash, sharedPaths, totalNum, complete, reading, source } = observed;
    const summary = { processes, withoutHash, sharedPaths, totalNum, complete, reading };
    let text: string | undefined;
    // of a million events it is as large as all the rest: made when it is asked for
    return Object.defineProperty(summary, "observation", {
      enumerable: true,
      get: () => (text ??= observationText(observed, source)),
    }) as typeof summary & { observation: string };
  },
});
