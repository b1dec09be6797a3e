import type { Problem } from "../errors.js";
import type { Env } from "../runtime/runtime.js";
import { environmentSources, explicitSource, type Source } from "./sources.js";

/** Each pair names one thing, by its name or by its id. */
const pairs = [
  ["userName", "userId"],
  ["domainName", "domainId"],
] as const;

/** What places before a source say of a user or an account that is not what the source itself says, beside its password. */
export function contradictionsOf({ values, named }: Source, before: readonly Source[]): Problem[] {
  return pairs.flatMap((pair) => {
    const own = pair.find((name) => values[name] !== undefined);
    const first = before.find(({ given }) => pair.some((name) => given.has(name)));
    if (own === undefined || first === undefined) return [];
    const isSame = pair.some((name) => values[name] !== undefined && values[name] === first.values[name]);
    if (isSame) return [];
    const said = pair.find((name) => first.given.has(name)) ?? own;
    const reason = `says another ${own.startsWith("user") ? "user" : "account"} than ${named(own)}, beside which the password is: give all of it in one place`;
    return [{ property: first.named(said), reason }];
  });
}

/** The same of a file whose values come after the environment's. */
export const contradictions = (file: Readonly<Record<string, unknown>>, env: Env): Problem[] =>
  contradictionsOf(explicitSource(file), environmentSources(env));
