import { plural } from "../../provider/text.js";
import type { Context } from "../context.js";
import { GateError, UsageError } from "../usage.js";

/** `--fail-if-empty`. */
export function gateEmpty(context: Context, count: number, what: string): void {
  if (count === 0 && context.flag("fail-if-empty") === true) throw new GateError(`--fail-if-empty: ${what}`);
}

/** `--max-added N`. */
export function gateAdded(context: Context, added: () => number): void {
  const given = context.text("max-added");
  if (given === undefined) return;
  if (!/^\d{1,9}$/.test(given)) throw new UsageError("--max-added takes a whole number, 0 or more");
  const count = added();
  if (count > Number(given)) throw new GateError(`--max-added ${given}: ${plural(count, "hash")} would be added`);
}
