import type { ProofCase } from "./modelBehaviours.js";
import { read } from "./modelRead.js";
import { unfair } from "./modelDescription.js";
import { ModelService } from "./modelService.js";

export interface Verdict {
  readonly complete: boolean;
  readonly doubts: readonly string[];
  readonly requests: number;
  /** Why `complete: true` was false. */
  readonly wrong?: string;
  /** The same, where no reader could be right. */
  readonly unseen?: string;
}

/** A read is to cost no more of a quiet service that counts rightly. */
export const mostRequests = (events: number): number => 1.2 * Math.max(1, Math.ceil(events / 200)) + 3;

/** Reads a model and holds what the reader claims to what the model knows. */
export async function prove(given: ProofCase): Promise<Verdict> {
  const model = new ModelService(given);
  const { complete, doubts, keys, requests } = await read(model, given.time, given.width);
  const wrong = complete ? difference(keys, model.throughout(), model.everListed()) : undefined;
  return { complete, doubts, requests, [unfair(given) === undefined ? "wrong" : "unseen"]: wrong };
}

function difference(keys: readonly string[], held: ReadonlySet<string>, ever: ReadonlySet<string>): string | undefined {
  const given = new Set<string>();
  const twice = keys.filter((key) => given.size === given.add(key).size);
  const faults = {
    missing: [...held].filter((key) => !given.has(key)),
    "given twice": twice,
    "never in the span": [...given].filter((key) => !ever.has(key)),
  };
  const texts = Object.entries(faults)
    .filter(([, list]) => list.length > 0)
    .map(([what, list]) => `${list.length} ${what}: ${list.slice(0, 5).join(", ")}`);
  return texts.length > 0 ? texts.join("; ") : undefined;
}
