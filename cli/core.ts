import { functions } from "../provider/functions/index.js";
import { redactError } from "../provider/redact.js";
import { version } from "../provider/version.js";
import type { FunctionDefinition } from "../provider/functions/definition.js";
import { archiveStatusCommand, archiveSyncCommand, archiveVerifyCommand } from "./commands/archive.js";
import { diff } from "./commands/diff.js";
import { doctor } from "./commands/doctor.js";
import { isStreamed, streamEvents } from "./commands/events.js";
import { runFunction } from "./commands/functionCommand.js";
import { observed } from "./commands/observed.js";
import { policy } from "./commands/policy.js";
import { explain, ruleCheck } from "./commands/rule.js";
import { snapshotCreate, snapshotDiff, snapshotShow, snapshotVerify } from "./commands/snapshot.js";
import { Context } from "./context.js";
import { failureOf } from "./failure.js";
import { surfaceOf, type Surface } from "./surface.js";
import { exitCodes, UsageError, type Invocation } from "./usage.js";

/** What the command line can do, for the build to write down. */
export const surface = (): Surface => surfaceOf(functions, version);

type Command = (context: Context) => Promise<number | undefined> | Promise<number> | Promise<void>;

/** Commands that do more than call their function. */
const commands: Readonly<Record<string, Command>> = {
  observed,
  policy,
  diff,
  "rule check": ruleCheck,
  explain,
  doctor,
  "archive sync": archiveSyncCommand,
  "archive verify": archiveVerifyCommand,
  "archive status": archiveStatusCommand,
  "snapshot create": snapshotCreate,
  "snapshot verify": snapshotVerify,
  "snapshot diff": snapshotDiff,
  "snapshot show": snapshotShow,
  events: (context) =>
    isStreamed(context) ? streamEvents(context) : runFunction(context, context.definition("getAppWhitelistEvents")),
};

/** Runs a command to its exit code. Data are on standard output by then, and an error is one line on standard error. */
export async function run(
  surface: Surface,
  invocation: Invocation,
  known: readonly FunctionDefinition[] = functions,
): Promise<number> {
  const interrupt = new AbortController();
  const stop = () => interrupt.abort(new Error("interrupted"));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
  const context = new Context(surface, invocation, interrupt.signal, known);
  try {
    const code = await commandFor(context)(context);
    return code ?? exitCodes.done;
  } catch (error) {
    const redact = await context.redactor();
    const { code, message } = failureOf(redactError(error, redact), (property) => redact(context.named(property)));
    context.log.warn(interrupt.signal.aborted ? "hss: interrupted" : `hss: ${message}`);
    return interrupt.signal.aborted ? exitCodes.interrupted : code;
  } finally {
    context.log.end();
  }
}

function commandFor({ invocation }: Context): Command {
  const own = commands[invocation.command];
  if (own) return own;
  const name = invocation.function;
  if (name === undefined) throw new UsageError(`${invocation.command} is not a command`);
  return (context) => runFunction(context, context.definition(name));
}
