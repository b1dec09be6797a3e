import { fc } from "../../support/properties.js";
import type { Problem } from "../../../provider/errors.js";
import {
  observationText,
  policyDocument,
  readObservation,
  type ObservedEvent,
} from "../../../provider/policy/index.js";
import { sha256 } from "../../../provider/sha256.js";
import { documentOf, now, observationOf, sourceOf } from "../../support/policy.js";
import { anyEvents } from "./arbitrary.js";
import { everything, hashOf, hostileEvents } from "./hostile.js";

const textOf = (events: readonly ObservedEvent[]): string => {
  const observation = observationOf(events);
  return observationText(observation, sourceOf(observation, events.length));
};

const read = (text: string) => {
  const problems: Problem[] = [];
  return { observation: readObservation("observation", text, problems), problems };
};

/** Sorted keys, no blanks: written again, without any of the project's code. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = value as Record<string, unknown>;
  return `{${Object.keys(members)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(members[key])}`)
    .join(",")}}`;
};

test("is canonical JSON that carries the digest of the rest", () => {
  const text = textOf(hostileEvents());
  const { sha256: digest, ...rest } = JSON.parse(text) as Record<string, unknown>;
  expect(canonical({ ...rest, sha256: digest })).toBe(text);
  expect(sha256(canonical(rest))).toBe(digest);
  expect(text.isWellFormed()).toBe(true);
});

test("gives the document that its events give, byte for byte", () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      const { observation, problems } = read(textOf(events));
      expect(problems).toEqual([]);
      if (!observation) return;
      const rule = { select: [{ minEvents: 1 }], exclude: [{ paths: ["/tmp/*"] }] };
      const from = policyDocument({
        ...{ evidence: observation.evidence, withoutHash: observation.withoutHash, rule, format: "json", now },
        source: { origin: "events", ...observation.source },
      });
      expect(from.document).toBe(documentOf(events, "json", { rule }).document);
    }),
    { numRuns: 300 },
  );
});

test("with hostile texts in it too", () => {
  const { observation } = read(textOf(hostileEvents()));
  const direct = documentOf(hostileEvents(), "json", { rule: everything });
  const from = policyDocument({
    ...{
      evidence: observation!.evidence,
      withoutHash: observation!.withoutHash,
      rule: everything,
      format: "json",
      now,
    },
    source: { origin: "events", ...observation!.source },
  });
  expect(from.document).toBe(direct.document);
});

test("each of 1,000 single-byte changes is refused", () => {
  const text = textOf([
    {
      eventName: "Untrusted process running",
      handleStatus: "unhandled",
      hostId: "h1",
      hostName: "web-1",
      occurTime: String(now - 1),
      processInfo: [{ processHash: hashOf(1), processFileHash: hashOf(2), processPath: "/opt/名前" }],
    },
  ]);
  const bytes = Buffer.from(text);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ change;
      expect(read(changed.toString("utf8")).problems.length).toBe(1);
    }),
    { numRuns: 1000 },
  );
});

test("is read as a file gives it: with a byte order mark, a newline at the end", () => {
  const text = textOf([]);
  for (const given of [text, `\ufeff${text}\r\n`]) expect(read(given).problems).toEqual([]);
  expect(read(` {"a":1}`).problems[0]?.reason).toMatch(/is not an observation/);
  expect(read(text.replace("hss-observation/1", "hss-observation/2")).problems[0]?.reason).toMatch(/another version/);
});
