import { getAppWhitelistEvents } from "../../provider/functions/getAppWhitelistEvents.js";
import { resolveSettings } from "../../provider/settings/index.js";
import { plural, printable } from "../../provider/text.js";
import { version } from "../../provider/version.js";
import type { Context } from "../context.js";
import { defaultSettingsFile } from "../input.js";
import { withSink } from "../output.js";
import { layered, originsOf } from "../settings.js";

const rows = 10;

/** Which settings come from where, with no secret in it, and what one small request gives. */
export async function doctor(context: Context): Promise<void> {
  const flags = context.flagSettings();
  const file = await context.settingsFile();
  const fileName = context.text("config") ?? defaultSettingsFile;
  await withSink(context.text("out"), async (sink) => {
    const say = (line: string) => sink.write(`${line}\n`);
    await say(`pulumi-hss ${version}, Node ${process.versions.node}`);
    const origins = originsOf(flags, file, process.env, fileName);
    await say(origins.length === 0 ? "No setting is given by a flag, a variable or a file." : "Settings:");
    for (const { name, origin, isSecret, value } of origins) {
      const shown = isSecret ? "(secret)" : printable(typeof value === "string" ? value : JSON.stringify(value));
      await say(`  ${name} = ${shown}  from ${printable(origin)}`);
    }
    const settings = resolveSettings(layered(flags, file, process.env), process.env);
    const levels = settings.credentialLevels.map(({ source }) => source);
    if (settings.emulator) await say("The events are samples of the emulator.");
    else if (levels.length > 0)
      await say(`Credentials: given by ${levels.map((level) => printable(level)).join(", then ")}.`);
    else await say("Credentials: not given; profile files and the machine's own metadata are asked.");
    const { events, totalNum } = await context.call(getAppWhitelistEvents, { offset: 0, limit: rows });
    await say(`One request: answered with ${plural(events.length, "event")} of ${totalNum} in the last 30 days.`);
    await say("All is well.");
  });
}
