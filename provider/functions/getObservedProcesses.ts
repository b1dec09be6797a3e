import { z } from "zod";
import { observedProcess, sharedPath, withoutHash } from "../policy/index.js";
import { defineFunction } from "./definition.js";
import { observe } from "./observe.js";
import { checkQuery, queryArguments, readingResult } from "./query.js";

export const getObservedProcesses = defineFunction({
  name: "getObservedProcesses",
  description:
    "Reads the same events as `getAppWhitelistEvents` and groups them by file hash: one process for each distinct hash, with the evidence for a decision. A read that can't be shown to be whole is an error.",
  args: queryArguments,
  result: z.object({
    processes: z.array(observedProcess).meta({
      description: "One process for each distinct file hash, ordered by `eventCount` descending, then `hash`.",
    }),
    withoutHash: z.array(withoutHash).meta({ description: "Events that carry no usable hash, by reason." }),
    sharedPaths: z.array(sharedPath).meta({ description: "Paths under which files of different hashes were seen." }),
    totalNum: z.int().meta({ description: "The total that the service reports (`total_num`)." }),
    complete: z.boolean().meta({ description: "True: the read is shown to be whole." }),
    reading: readingResult,
  }),
  check: checkQuery,
  run: (context, _, query) => observe(context, query),
});
