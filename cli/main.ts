import { CommanderError, type Command } from "commander";
import { readFileSync } from "node:fs";
import path from "node:path";
import { repeatedName } from "../provider/repeated.js";
import { closest } from "../provider/suggest.js";
import { programOf } from "./program.js";
import type { Surface } from "./surface.js";
import { exitCodes, type Invocation } from "./usage.js";

/**
 * The command line, to its exit code. Only what the arguments need is loaded: help and mistakes need the argument library
 * and the list of commands, and no more.
 */
export async function main(args: readonly string[], directory: string): Promise<number> {
  // a reader that has seen enough, like head
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const surface = JSON.parse(readFileSync(path.join(directory, "surface.json"), "utf8")) as Surface;
  let invocation: Invocation | undefined;
  const act = (given: Invocation) => void (invocation = given);
  const [first] = args;
  if (first === "emulator") return emulator(args.slice(1), directory);
  try {
    const program = programOf({ surface, act, ...(first !== undefined && { only: first }) });
    quiet(program);
    program.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.done;
    process.stderr.write(`hss: ${mistakeOf(error, programOf({ surface, act }))}\n`);
    return exitCodes.usage;
  }
  if (!invocation) return exitCodes.usage;
  if (invocation.command === "completion") return completion(surface, invocation.words[0]);
  const { run } = await import("./core.js");
  return run(surface, invocation);
}

/** The argument library's words, with what was typed shortened: a secret may have been typed there. */
function mistakeOf({ code, message }: CommanderError, program: Command): string {
  if (code === "commander.help") return "a command is needed; hss --help lists them";
  const all = [program, ...program.commands.flatMap((command) => [command, ...command.commands])];
  const secrets = ["access-key", "secret-key", "security-token", "token", "password"].map((name) => `--${name}`);
  const known = all.flatMap((command) => [
    command.name(),
    ...command.options.map(({ long }) => long ?? ""),
    ...secrets,
  ]);
  return message
    .replace(/^error: /, "")
    .replace(/((?:command|option) ')(.*?)('(?=\n|$))/s, (_, before: string, typed: string, after: string) => {
      const [name = ""] = typed.split("=");
      return `${before}${repeatedName(name, known)}${after}`;
    })
    .replace(/(argument ')(.*)(' is invalid)/s, (_, before: string, typed: string, after: string) => {
      const choices = /Allowed choices are (.*)\./.exec(message)?.[1]?.split(", ") ?? [];
      const meant = closest(typed, choices);
      return `${before}${repeatedName(typed, choices)}${after}${meant === undefined ? "" : `, did you mean ${meant}?`}`;
    })
    .replace(/\s*\n\s*/g, " ");
}

/** Errors are thrown, and said by `main` in one line. */
function quiet(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  command.commands.forEach(quiet);
}

async function completion(surface: Surface, shell: string | undefined): Promise<number> {
  const { completionScript, shells } = await import("./completion.js");
  if (!shells.includes(shell ?? "")) {
    process.stderr.write(`hss: completion takes one of ${shells.join(", ")}\n`);
    return exitCodes.usage;
  }
  process.stdout.write(completionScript(programOf({ surface, act: () => undefined }), shell ?? ""));
  return exitCodes.done;
}

/** The emulator's own command, in this process. */
function emulator(args: readonly string[], directory: string): Promise<number> {
  process.argv.splice(2, Infinity, ...args);
  return new Promise((resolve) => {
    // it ends when nothing is left to do
    process.once("beforeExit", (code) => resolve(code === 2 ? exitCodes.usage : code));
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a program of its own beside the bundle
    require(path.join(directory, "../emulator/command.js"));
  });
}
