import type { z } from "zod";
import { validateArguments, type FunctionDefinition } from "../provider/functions/definition.js";
import { functions } from "../provider/functions/index.js";
import type { Finding } from "../provider/reading/diagnosis.js";
import { repeatedPath } from "../provider/repeated.js";
import { redactor } from "../provider/redact.js";
import { namesArchive, secretsIn } from "../provider/settings/index.js";
import { Session } from "../provider/session.js";
import { readJson, readRule, readSettingsFile, readText } from "./input.js";
import { stderrLog, type ProgressMode } from "./log.js";
import { layered } from "./settings.js";
import { kebab, type Flag, type FunctionCommand, type Surface } from "./surface.js";
import { UsageError, type Invocation } from "./usage.js";

export type Values = Record<string, unknown>;

/** What every command has at hand: its flags, settings by their order of precedence, and a session that is opened by them. */
export class Context {
  readonly log;
  private opened: Session | undefined;
  private fileSettings: Promise<Values> | undefined;

  constructor(
    readonly surface: Surface,
    readonly invocation: Invocation,
    readonly signal: AbortSignal,
    readonly known: readonly FunctionDefinition[] = functions,
  ) {
    this.log = stderrLog((this.flag("progress") as ProgressMode | undefined) ?? "auto");
  }

  flag(name: string): unknown {
    return this.invocation.flags[name];
  }

  text(name: string): string | undefined {
    const value = this.flag(name);
    return typeof value === "string" ? value : undefined;
  }

  /** Settings that flags give; `--sample` is the emulator. */
  flagSettings(): Values {
    const given = this.surface.settings.map(({ name, flag }) => [name, this.flag(flag)] as const);
    const settings = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    return this.flag("sample") === true ? { ...settings, endpoint: "emulator" } : settings;
  }

  settingsFile(): Promise<Values> {
    return (this.fileSettings ??= readSettingsFile(this.text("config")));
  }

  definition(name: string): FunctionDefinition {
    const found = this.known.find((definition) => definition.name === name);
    if (!found) throw new UsageError(`${name} is not a function of this package`);
    return found;
  }

  commandOf(name: string): FunctionCommand {
    const found = this.surface.functions.find((command) => command.function === name);
    if (!found) throw new UsageError(`${name} is not a function of this package`);
    return found;
  }

  /** The arguments of a function, out of the flags. */
  async argumentsFor(name: string): Promise<Values> {
    const { flags, takesRule } = this.commandOf(name);
    const args: Values = {};
    for (const flag of flags) {
      const value = this.flag(flag.flag);
      if (value !== undefined) args[flag.name] = await valueOf(flag, value);
    }
    const rule = this.text("rule");
    if (!takesRule || rule === undefined) return args;
    for (const part of ["select", "exclude"]) {
      if (args[part] !== undefined) throw new UsageError(`--${part} and --rule exclude each other`);
    }
    return { ...args, ...(await readRule(rule)) };
  }

  /** Calls a function as the plugin and a program would. */
  async call<Args extends z.ZodObject, Result extends z.ZodObject>(
    definition: FunctionDefinition<Args, Result>,
    args: Values,
  ): Promise<z.output<Result>> {
    // bad arguments are told before bad settings
    const file = await this.settingsFile().catch(() => ({}));
    validateArguments(definition, args, { archive: namesArchive([this.flagSettings(), file], process.env) });
    return this.session().call(definition, args, { config: await this.config(), signal: this.signal });
  }

  /** What a call would use and how far it would come; see the session's. */
  async *diagnose(): AsyncGenerator<Finding, void> {
    yield* this.session().diagnose({ config: await this.config(), signal: this.signal });
  }

  /** For what is said before a session knows the secrets of flags, variables and the file, and beside it. */
  async redactor(): Promise<(text: string) => string> {
    const file = await this.settingsFile().catch(() => ({}));
    return redactor(secretsIn([this.flagSettings(), file], process.env));
  }

  private session(): Session {
    return (this.opened ??= new Session({ log: this.log, env: process.env }));
  }

  private async config(): Promise<Values[]> {
    return layered(this.flagSettings(), await this.settingsFile(), process.env);
  }

  /** An argument or setting as the user would write it. */
  named(property: string): string {
    const [name = "", ...rest] = property.split(".");
    const flags = [...this.surface.settings, ...this.surface.functions.flatMap((command) => command.flags)];
    const found = flags.filter((flag) => flag.name === name);
    if (name === "endpoint" && this.flag("sample") === true) return "--sample";
    const fromRule = (name === "select" || name === "exclude") && this.text("rule");
    if (fromRule) return `${fromRule}: ${property}`;
    const given = found.find(({ flag }) => this.flag(flag) !== undefined);
    if (given?.kind === "file") return `--${given.flag} ${repeatedPath(String(this.flag(given.flag)))}`;
    if (given) return [`--${given.flag}`, ...rest].join(".");
    // a command's own
    return this.flag(kebab(name)) === undefined ? property : `--${kebab(property)}`;
  }
}

async function valueOf({ flag, kind }: Flag, value: unknown): Promise<unknown> {
  const text = String(value);
  switch (kind) {
    case "file":
      return readText(text, `--${flag}`);
    case "integer":
      if (!/^[+-]?\d{1,15}$/.test(text)) throw new UsageError(`--${flag} takes a whole number`);
      return Number(text);
    case "list":
      return (Array.isArray(value) ? value : [text])
        .flatMap((item) => String(item).split(","))
        .map((item) => item.trim())
        .filter((item) => item !== "");
    case "json":
      return readJson(flag, text);
    default:
      return value;
  }
}
