import { z } from "zod";
import { verificationKeyOf } from "../archive/dsse.js";
import { verifyArchive } from "../archive/verify.js";
import { defineFunction } from "../functions/definition.js";
import { queryArguments } from "../functions/query.js";
import { storeOf } from "../functions/source.js";

/** Checks an archive without the service; see `verifyArchive`. */
export const archiveVerify = defineFunction({
  name: "hss archive verify",
  description: "Checks an archive without asking the service.",
  args: queryArguments.pick({ archive: true }).extend({
    key: z.string("takes a public key as PEM").optional(),
  }),
  result: z.object({
    ok: z.boolean(),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), text: z.string() })),
    head: z.object({ sequence: z.int(), sha256: z.string() }).optional(),
  }),
  check: () => undefined,

  async run(context, { archive, key }) {
    const signedBy = key === undefined ? undefined : verificationKeyOf(key);
    const { checks, ...verified } = await verifyArchive(await storeOf(context, archive), signedBy);
    return { ...verified, checks: [...checks] };
  },
});
