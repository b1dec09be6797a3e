import { repeatedName } from "../../provider/repeated.js";
import { isSecretName } from "../../provider/settings/index.js";
import { isRecord, parseJson } from "../../provider/values.js";
import { printable } from "../../provider/text.js";
import { version } from "../../provider/version.js";
import type { Context } from "../context.js";
import { defaultSettingsFile } from "../input.js";
import { withSink } from "../output.js";
import { originsOf } from "../settings.js";

/** Which settings come from where, then what a call uses and how far it comes, with no secret in it. Ends as that call would. */
export async function doctor(context: Context): Promise<void> {
  const flags = context.flagSettings();
  const file = await context.settingsFile();
  const fileName = context.text("config") ?? defaultSettingsFile;
  await withSink(context.text("out"), async (sink) => {
    const say = (line: string) => sink.write(`${line}\n`);
    await say(`pulumi-hss ${version}, Node ${process.versions.node}`);
    const redact = await context.redactor();
    const origins = originsOf(flags, file, process.env, fileName);
    await say(origins.length === 0 ? "No setting is given by a flag, a variable or a file." : "Settings:");
    for (const { name, origin, isSecret, value } of origins) {
      const shown = isSecret ? "(secret)" : redact(printable(plain(value)));
      await say(`  ${name} = ${shown}  from ${redact(printable(origin))}`);
    }
    for await (const { about, says } of context.diagnose()) await say(`${capital(about)}: ${says}.`);
    await say("All is well.");
  });
}

/** As it was given, without what is secret in it or might be: of a whole file that stands for its name, only the beginning. */
function plain(value: unknown): string {
  if (typeof value !== "string")
    return JSON.stringify(value, (key, inner: unknown) => (isSecretName(key) ? "(secret)" : inner));
  const inner: unknown = /^\s*\{/.test(value) ? parseJson(value) : undefined;
  if (isRecord(inner)) return plain(inner);
  return /[\n{]/.test(value) ? repeatedName(value) : value.replace(/\/\/[^/?#\s]*@/g, "//");
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
