import { z } from "zod";

/** How a read went: the same part of every result that rests on one. */
export const readingResult = z
  .object({
    requests: z.int().meta({ description: "Requests that were answered or failed, retries among them." }),
    retries: z.int().meta({ description: "Requests that repeated one that had failed." }),
    throttled: z.int().meta({ description: "Answers 429: the service asked to wait." }),
    duplicatesDropped: z.int().meta({ description: "Events that arrived again and were dropped by their `eventId`." }),
    totalAtStart: z.int().meta({ description: "The service's total in the first answer, over all windows." }),
    totalAtEnd: z.int().meta({ description: "The service's total in the last answer, over all windows." }),
    windows: z.int().meta({ description: "Time windows that the read was split into." }),
    beginTime: z.string().meta({ description: "Start of the time span that was read, RFC 3339." }),
    endTime: z
      .string()
      .meta({ description: "End of the time span that was read, RFC 3339; with `lastDays` the start of the read." }),
  })
  .meta({ id: "Reading", description: "How the events were read." });

export type ReadingResult = z.output<typeof readingResult>;
