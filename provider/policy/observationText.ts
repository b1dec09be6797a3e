import { createHash } from "node:crypto";
import { z } from "zod";
import type { Problem } from "../errors.js";
import { sha256 } from "../sha256.js";
import { canonicalJson, type Plain } from "./canonical.js";
import { doubtKinds, type Doubts } from "./doubts.js";
import type { Evidence } from "./knowledge.js";
import type { FileSighting, Observation, ObservedFile, ObservedPlace, Seen } from "./observe.js";
import { textOf } from "./policyText.js";
import { observedProcess, withoutHash, type ObservedProcess, type WithoutHash } from "./process.js";
import { observationSource, type ObservationSource } from "./provenance.js";

const observationKind = "hss-observation/1";

/** An observation as one string: canonical JSON (RFC 8785) that carries its own digest. */
export function observationText(observation: Observation, source: ObservationSource): string {
  const places = placesOf(observation);
  const doubts = doubtsElsewhere(observation);
  const head: string[] = ["{"];
  if (doubts.length > 0) head.push(`"doubts":${canonicalJson(doubts)},`);
  head.push(
    `"kind":${JSON.stringify(observationKind)},"places":${canonicalJson([...places.keys()] as unknown as Plain)},"processes":[`,
  );
  observation.processes.forEach((process, at) => {
    head.push(at === 0 ? "" : ",", canonicalJson(processText(process, observation.fileOf(process.hash), places)));
  });
  head.push("],");
  const tail = `"source":${canonicalJson(source)},"withoutHash":${canonicalJson(observation.withoutHash)}}`;
  const digest = createHash("sha256");
  for (const part of head) digest.update(part);
  digest.update(tail);
  return `${head.join("")}"sha256":"${digest.digest("hex")}",${tail}`;
}

/** Every place, numbered in an order that does not depend on the order of the events. */
function placesOf({ processes, fileOf }: Observation): Map<ObservedPlace, number> {
  const found = new Map<ObservedPlace, string>();
  for (const { hash } of processes) {
    for (const { seen } of fileOf(hash)?.sightings ?? []) {
      for (const { place } of seen) if (!found.has(place)) found.set(place, JSON.stringify(place));
    }
  }
  const sorted = [...found].sort(([, a], [, b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([place], at) => [place, at]));
}

/** Doubts about hashes that no sighting has as its own. */
function doubtsElsewhere({ doubts, fileOf }: Observation): Plain[] {
  return [...doubts]
    .filter(([hash]) => fileOf(hash) === undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([hash, counts]) => ({
      hash,
      ...Object.fromEntries(doubtKinds.filter((kind) => counts[kind] > 0).map((kind) => [kind, counts[kind]])),
    }));
}

function processText(
  process: ObservedProcess,
  file: ObservedFile | undefined,
  places: ReadonlyMap<ObservedPlace, number>,
): Plain {
  const seenText = ({ place, events, last, undated }: Seen) => [
    places.get(place) ?? 0,
    events,
    last ?? null,
    ...(undated ? [true] : []),
  ];
  const sightings = file?.sightings.map((sighting) => ({ ...sighting, seen: sighting.seen.map(seenText) })) ?? [];
  return { ...process, sightings } as unknown as Plain;
}

const text = z.string().optional();
const sightingText = z.strictObject({
  eventName: text,
  severity: text,
  handleStatus: text,
  handleMethod: text,
  osType: text,
  containerId: text,
  imageName: text,
  podName: text,
  severalProcesses: z.literal(true).optional(),
  processes: z.array(
    z.strictObject({
      name: text,
      path: text,
      user: text,
      uid: text,
      euid: text,
      aliases: z.array(z.string()).optional(),
    }),
  ),
  seen: z.array(
    z.union([
      z.tuple([z.int().min(0), z.int().min(1), z.number().nullable()]),
      z.tuple([z.int().min(0), z.int().min(1), z.number().nullable(), z.literal(true)]),
    ]),
  ),
});
const placeText = z.strictObject({
  policyId: text,
  hostId: text,
  hostNames: z.array(z.string()),
  addresses: z.array(z.string()),
});
const counts = z.strictObject({
  hash: z.string(),
  ...(Object.fromEntries(doubtKinds.map((kind) => [kind, z.int().min(1).optional()])) as Record<
    keyof Doubts,
    z.ZodOptional<z.ZodInt>
  >),
});
const content = z.strictObject({
  kind: z.literal(observationKind),
  processes: z.array(observedProcess.extend({ sightings: z.array(sightingText) }).strict()),
  places: z.array(placeText),
  withoutHash: z.array(withoutHash),
  doubts: z.array(counts).optional(),
  source: observationSource,
  sha256: z.string(),
});

/** An observation that was given as a string. */
export interface ReadObservation {
  readonly evidence: Evidence;
  readonly withoutHash: readonly WithoutHash[];
  readonly source: ObservationSource;
  readonly sha256: string;
}

/** Whether a text means to be an observation. */
export const isObservation = (given: string): boolean =>
  /^\{(?:"doubts":\[[^\]]*\],)?"kind":"hss-observation\//.test(textOf(given));

/** Any text but an observation as it was made is a problem. */
export function readObservation(property: string, given: string, problems: Problem[]): ReadObservation | undefined {
  const give = (reason: string): undefined => void problems.push({ property, reason });
  const plain = textOf(given);
  let data: unknown;
  try {
    data = JSON.parse(plain);
  } catch {
    return give("is not JSON; it takes the `observation` of getObservedProcesses as it is");
  }
  const parsed = content.safeParse(data);
  if (!parsed.success) {
    const kind = (data as { kind?: unknown } | null)?.kind;
    return give(
      typeof kind === "string" && kind.startsWith("hss-observation/") && kind !== observationKind
        ? "is of another version of this package; make it again with getObservedProcesses"
        : "is not an observation; it takes the `observation` of getObservedProcesses as it is",
    );
  }
  const { sha256: digest, ...rest } = data as Readonly<Record<string, Plain>>;
  if (sha256(canonicalJson(rest)) !== digest || canonicalJson(data as Plain) !== plain) {
    return give("was edited: its content does not fit its sha256; take the observation as it was made");
  }
  const { processes, withoutHash: without, doubts = [], source, places } = parsed.data;
  const files = new Map(processes.map((process) => [process.hash, fileIn(process, places)]));
  const together = [...files.values()].flatMap(({ hash, sightings }) =>
    sightings.flatMap((sighting) =>
      sighting.processes.flatMap(({ aliases = [] }) => (aliases.length > 0 ? [[hash, ...aliases]] : [])),
    ),
  );
  return {
    evidence: {
      processes: processes.map(({ sightings: _, ...process }) => process),
      doubts: new Map([...processes, ...doubts].map((one) => [one.hash, countsIn(one)])),
      together,
      withoutHash: without,
      fileOf: (hash) => files.get(hash),
    },
    withoutHash: without,
    source,
    sha256: parsed.data.sha256,
  };
}

const countsIn = (given: Partial<Doubts>): Doubts =>
  Object.fromEntries(doubtKinds.map((kind) => [kind, given[kind] ?? 0])) as unknown as Doubts;

function fileIn(
  { hash, hashSource, eventCount, sightings }: z.output<typeof content>["processes"][number],
  places: readonly ObservedPlace[],
): ObservedFile {
  const seenIn = ([at, events, last, undated]: readonly [number, number, number | null, true?]): Seen => ({
    place: places[at] ?? { hostNames: [], addresses: [] },
    events,
    ...(last !== null && { last }),
    ...(undated && { undated }),
  });
  return {
    ...{ hash, hashSource, eventCount },
    sightings: sightings.map((sighting): FileSighting => ({
      ...sighting,
      seen: sighting.seen.map((one) => seenIn(one)),
    })),
  };
}
