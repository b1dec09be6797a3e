import type { z } from "zod";
import {
  policyDocument,
  type policyFormat,
  type policyMode,
  type PolicyDocument,
  type ReadObservation,
  type Rule,
} from "../policy/index.js";

/** The policies that follow from an observation and a rule, as they were at that time. */
export function policiesOf(
  { evidence, withoutHash, source }: ReadObservation,
  rule: Rule,
  { format, mode, now }: { format: z.output<typeof policyFormat>; mode?: z.output<typeof policyMode>; now: number },
): { json: PolicyDocument; own: PolicyDocument } {
  const common = { evidence, withoutHash, source: { origin: "events" as const, ...source }, rule, mode, now };
  const json = policyDocument({ ...common, format: "json" });
  return { json, own: format === "json" ? json : policyDocument({ ...common, format }) };
}
