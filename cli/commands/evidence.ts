import { readFile } from "node:fs/promises";
import type { Context, Values } from "../context.js";
import { exitCodes, UsageError } from "../usage.js";
import { write } from "./functionCommand.js";

/** Who signs what a command makes. */
export const signingFlags = (context: Context): Values =>
  Object.fromEntries(
    [["signingKey", "key"] as const, ["signWith", "sign-with"] as const, ["publicKey", "public-key"] as const].flatMap(
      ([name, flag]) => (context.text(flag) === undefined ? [] : [[name, context.text(flag)]]),
    ),
  );

/** `--key` of what is verified. */
export async function publicKey(context: Context): Promise<string | undefined> {
  const file = context.text("key");
  if (file === undefined) return undefined;
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`--key: the file can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
}

interface Verification {
  readonly ok: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly text: string }[];
}

/** Says of each check how it ended; exit code 5 where one failed. */
export async function sayChecks<Given extends Verification>(context: Context, verification: Given): Promise<number> {
  const { ok, checks } = verification;
  const rows = checks.map(({ name, ok: isFine, text }) => ({ check: name, result: isFine ? "ok" : "FAILED", text }));
  await write(context, "table", {
    rows,
    leaves: ["check", "result", "text"],
    json: () => JSON.stringify(verification, null, 2),
  });
  const failed = checks.filter((check) => !check.ok).map(({ name }) => name);
  if (!ok) context.log.warn(`hss: verification failed: ${failed.join(", ")}`);
  return ok ? exitCodes.done : exitCodes.verificationFailed;
}
