import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { programOf } from "../../../cli/program.js";
import { surfaceOf } from "../../../cli/surface.js";
import { functions } from "../../../provider/functions/index.js";
import { configuration } from "../../../provider/settings/index.js";
import { root, type Block } from "./markdown.js";

const surface = surfaceOf(functions, "0.0.0");
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: object };

/** What is wrong with a block of shell commands: bash can't read it, or a command of ours has a flag that is none. */
export function shellProblems({ at, text }: Block): string[] {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
  const syntax = status === 0 ? [] : [stderr.trim()];
  return [...syntax, ...commandsOf(text).flatMap(commandProblems)].map((problem) => `${at}: ${problem}`);
}

/** The commands of a script as lists of words: as much of a shell as our pages use. */
function commandsOf(text: string): string[][] {
  const commands: string[][] = [[]];
  // words, quoted or not; comments; what separates commands; redirections, whose file is no argument
  const token =
    /\\\n|#[^\n]*|(?:\d?>>?&?|<(?!\())\s*(?:"[^"]*"|'[^']*'|[^\s;|&()<>])+|[;|&()\n]+|<\(|(?:\$\([^)]*\)|"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s;|&()<>"'\\])+/g;
  for (const [found] of text.matchAll(token)) {
    if (found === "\\\n" || found.startsWith("#") || /^\d?[<>]+\s*[^(]/.test(found)) continue;
    if (/^(?:[;|&()\n]+|<\()$/.test(found)) commands.push([]);
    else commands.at(-1)?.push(found.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g, "$1$2$3"));
  }
  return commands.filter((words) => words.length > 0);
}

function commandProblems(given: readonly string[]): string[] {
  // settings of the environment and npx come first
  const words = given.slice(given.findIndex((word) => !/^\w+=/.test(word)));
  const own = words[0] === "npx" ? words.slice(1).filter((word, index) => index > 0 || !word.startsWith("-")) : words;
  const [name = "", ...args] = own;
  if (name === "hss" || name === "pulumi-hss") return usageProblems(args);
  if (name === "hss-emulator") return emulatorProblems(args);
  if (name === "npm" && args[0] === "run")
    return args[1] !== undefined && args[1] in scripts ? [] : [`npm run ${args[1] ?? ""} is not a script`];
  if (name === "pulumi" && args[0] === "config") return settingProblems(args);
  return [];
}

function usageProblems(args: readonly string[]): string[] {
  let understood = false;
  const program = programOf({ surface, act: () => void (understood = true) });
  let said = "";
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: (text) => (said += text), writeOut: () => undefined });
    command.commands.forEach(quiet);
  };
  quiet(program);
  try {
    program.parse(args, { from: "user" });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (/help|version/i.test(code ?? "")) return [];
    return [`hss ${args.join(" ")}: ${said.trim() || message}`];
  }
  return understood ? [] : [`hss ${args.join(" ")}: is not a command`];
}

const emulatorFlags = new Set(
  [...readFileSync(path.join(root, "emulator/command.ts"), "utf8").matchAll(/^ {2}(--[\w-]+)/gm)].map(
    ([, flag]) => flag,
  ),
);
const emulatorProblems = (args: readonly string[]): string[] =>
  args
    .filter((word) => word.startsWith("--") && !emulatorFlags.has(word))
    .map((word) => `hss-emulator has no flag ${word}`);

const settingProblems = (args: readonly string[]): string[] =>
  args
    .filter((word) => word.startsWith("hss:") && !(word.slice("hss:".length) in configuration.shape))
    .map((word) => `${word} is not a setting`);
