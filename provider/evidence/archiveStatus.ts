import { z } from "zod";
import { Archive } from "../archive/archive.js";
import { FileError } from "../errors.js";
import { defineFunction } from "../functions/definition.js";
import { queryArguments } from "../functions/query.js";
import { storeOf } from "../functions/source.js";
import { coveredBy, times } from "./archiveSync.js";

/** Tells what an archive holds, of every project in it, without asking the service. */
export const archiveStatus = defineFunction({
  name: "hss archive status",
  description: "Tells what an archive holds.",
  args: queryArguments.pick({ archive: true }),
  result: z.object({
    sequence: z.int().meta({ description: "Number of the newest manifest." }),
    sha256: z.string().meta({ description: "Its digest: kept elsewhere, it shows that none was taken off the end." }),
    files: z.int(),
    bytes: z.int(),
    projects: z.array(
      z.object({
        region: z.string(),
        project: z.string(),
        enterpriseProject: z.string().optional(),
        sample: z.boolean(),
        lastSync: z.string(),
        lastWholeSync: z.string().optional(),
        covered: times,
        gaps: times,
        damaged: z
          .int()
          .meta({ description: "Files that were edited or lost, and whose events could not be restored." }),
      }),
    ),
  }),
  check: () => undefined,

  async run(context, { archive: place }) {
    const store = await storeOf(context, place);
    const archive = await Archive.open(store, context.unique);
    if (!archive.head) throw new FileError(`${store.name} holds no archive: hss archive sync --to makes one`);
    const { manifest, sha256 } = archive.head;
    const files = await store.list("ext/");
    const rfc3339 = (time: number) => new Date(time).toISOString();
    return {
      ...{ sequence: manifest.sequence, sha256, files: files.length },
      bytes: files.reduce((sum, { size }) => sum + (size ?? 0), 0),
      projects: manifest.coverage.map((one) => ({
        ...{ region: one.region, project: one.project, sample: one.sample, lastSync: rfc3339(one.lastReadAt) },
        ...(one.enterpriseProject !== undefined && { enterpriseProject: one.enterpriseProject }),
        ...(one.wholeAt !== undefined && { lastWholeSync: rfc3339(one.wholeAt) }),
        ...coveredBy(one),
        damaged: one.damaged.filter(({ restored }) => !restored).length,
      })),
    };
  },
});
