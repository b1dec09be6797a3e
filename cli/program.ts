import { Command, InvalidArgumentError, Option } from "commander";
import type { Flag, FunctionCommand, Surface } from "./surface.js";
import { outputs, type Given, type Invocation } from "./usage.js";

/** What is done with a command that was understood. */
export type Act = (invocation: Invocation) => void;

interface Own {
  readonly command: string;
  readonly words?: readonly (readonly [string, string])[];
  readonly description: string;
  /** Whose flags it takes too. */
  readonly flagsOf?: readonly string[];
  readonly takesSettings?: boolean;
  /** `--output` and `--out` without settings. */
  readonly takesOutput?: boolean;
  readonly options?: readonly Option[];
}

const observationFlag: Flag = {
  name: "observation",
  flag: "from",
  kind: "file",
  description: "An observation (hss observed --out FILE) instead of a read.",
};

const maxAdded = new Option("--max-added <n>", "Exit code 2 where more hashes than this are added.").argParser(
  (text: string) => {
    if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It takes a whole number, 0 or more.");
    return text;
  },
);
const failIfEmpty = new Option("--fail-if-empty", "Exit code 2 where there is nothing.");
const policyFunction = "getWhitelistPolicyDocument";

interface Addition extends Partial<Own> {
  /** For the list of commands, shorter than the function's own words. */
  readonly summary?: string;
  readonly flags?: readonly Flag[];
}

/** What a function's command takes beside the function's arguments. */
const additions: Readonly<Record<string, Addition>> = {
  events: { summary: "Reads the events: every one, once, exactly.", options: [failIfEmpty] },
  observed: {
    summary: "Groups the events by file hash; as JSON it is the observation that --from takes.",
    options: [failIfEmpty],
    flags: [observationFlag],
  },
  policy: {
    summary: "Makes a whitelist policy of what a rule selects.",
    options: [failIfEmpty, maxAdded],
  },
  diff: {
    summary: "Tells what a new policy adds, removes and changes, as a table for a pull request.",
    words: [
      ["[before]", "Policy document (json) or observation in force; or --before."],
      ["[after]", "The new one; or --after, or made from --rule."],
    ],
    flagsOf: [policyFunction],
    options: [maxAdded, new Option("--exit-code", "Exit code 2 where hashes are added, removed or changed.")],
  },
};

const signing = [
  new Option("--key <file>", "Private key as PEM, Ed25519 or ECDSA P-256, to sign with; or HSS_SIGNING_KEY."),
  new Option(
    "--sign-with <command>",
    "Signs instead of a key here: bytes on its standard input, signature on its output.",
  ),
  new Option("--public-key <file>", "Public key of --sign-with as PEM: its signatures are checked."),
];
const archiveWord = ["[archive]", "Folder, or s3://bucket/prefix; default the setting archive."] as const;

/** Commands that are not a function. */
export const ownCommands: readonly Own[] = [
  {
    command: "rule check",
    words: [["<file>", "Rule, YAML or JSON: select and exclude."]],
    description: "Says whether a rule is well formed and, with --from, --sample or a query, what it selects.",
    flagsOf: [policyFunction],
    takesSettings: true,
  },
  {
    command: "explain",
    words: [["<hash>", "Hash of a file, or its first digits."]],
    description: "Says why a hash is in or out by the rule, with the evidence.",
    flagsOf: [policyFunction],
    takesSettings: true,
  },
  {
    command: "snapshot create",
    description: "Makes a compliance snapshot: a folder of its own in --out, whose path it prints.",
    flagsOf: [policyFunction],
    takesSettings: true,
    options: [
      ...signing,
      new Option("--baseline <dir>", "Snapshot before: the summary says what changed since."),
      new Option("--allow-incomplete", "Keeps a read that can't be shown to be whole, and says so."),
    ],
  },
  {
    command: "snapshot verify",
    words: [["<dir>", "The snapshot's folder."]],
    description: "Checks files, digests, signature, counts and the policy of a snapshot; exit code 5 where one fails.",
    takesOutput: true,
    options: [
      new Option("--key <file>", "Public key as PEM: the snapshot must be signed by it."),
      new Option("--any-version", "Accepts that what another version made is not derived again."),
    ],
  },
  {
    command: "snapshot diff",
    words: [
      ["<old>", "The snapshot before."],
      ["<new>", "The snapshot after."],
    ],
    description: "Tells what differs between two snapshots, as a table for a pull request.",
    takesOutput: true,
    options: [maxAdded, new Option("--exit-code", "Exit code 2 where anything differs.")],
  },
  {
    command: "snapshot show",
    words: [["<dir>", "The snapshot's folder."]],
    description: "Shows what a snapshot says of itself.",
    takesOutput: true,
  },
  {
    command: "archive sync",
    description:
      "Adds to an archive what the service shows and it does not know; exit code 3 where the read can't be shown to be whole.",
    takesSettings: true,
    options: [
      new Option("--to <archive>", "Folder, or s3://bucket/prefix; default the setting archive."),
      new Option("--full", "Reads all that the service shows, rather than what is new."),
      ...signing,
    ],
  },
  {
    command: "archive verify",
    words: [archiveWord],
    description:
      "Checks an archive without asking the service: the chain of its manifests, every file, signatures; exit code 5 where one fails.",
    takesSettings: true,
    options: [new Option("--key <file>", "Public key as PEM: every manifest must be signed by it.")],
  },
  {
    command: "archive status",
    words: [archiveWord],
    description: "Tells what an archive holds: of which times every event, and what lies between.",
    takesSettings: true,
  },
  {
    command: "doctor",
    description: "Shows which settings come from where (no secret), and what one small request gives.",
    takesSettings: true,
  },
  {
    command: "emulator",
    words: [["[flags...]", "Flags of hss-emulator; hss-emulator --help lists them."]],
    description: "Runs the emulator: an HSS on this machine with sample data.",
  },
  {
    command: "completion",
    words: [["<shell>", "bash, zsh or fish"]],
    description: "Prints a completion script for the shell.",
  },
];

export interface ProgramOptions {
  readonly surface: Surface;
  readonly act: Act;
  /** The command whose flags are wanted; absent: those of all. No other flag is made, so that the start is short. */
  readonly only?: string;
}

/** The commands and flags as the argument library takes them. */
export function programOf({ surface, act, only }: ProgramOptions): Command {
  const program = new Command("hss")
    .description("Reads process whitelist events of Huawei Cloud HSS and makes whitelist policies from them.")
    .version(surface.version, "-V, --version", "Prints the version.")
    .helpOption("-h, --help", "Prints this help.")
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nExit codes: 0 done; 1 error; 2 differences or a closed gate; 3 incomplete read; 4 credentials or permission; 5 verification failed; 64 wrong usage; 130 interrupted.",
    );
  const wants = (name: string) => only === undefined || only === name;
  for (const definition of surface.functions) {
    const more = additions[definition.command] ?? {};
    const command = program.command(definition.command).summary(more.summary ?? firstSentence(definition.description));
    const invoke = (words: readonly string[], flags: Given) =>
      act({ command: definition.command, function: definition.function, words, flags });
    const own = { command: definition.command, description: definition.description, ...more, takesSettings: true };
    if (wants(definition.command))
      complete(command, own, [...definition.flags, ...(more.flags ?? [])], surface, invoke);
  }
  for (const own of ownCommands) {
    const [first = "", second] = own.command.split(" ");
    const parent = second === undefined ? program : group(program, first);
    const command = parent.command(second ?? first).summary(own.description);
    const invoke = (words: readonly string[], flags: Given) => act({ command: own.command, words, flags });
    if (wants(first)) complete(command, own, [], surface, invoke);
  }
  return program;
}

const group = (program: Command, name: string): Command =>
  program.commands.find((command) => command.name() === name) ??
  program
    .command(name)
    .helpCommand(false)
    .summary(groups[name] ?? "");

const groups: Readonly<Record<string, string>> = {
  rule: "Works on a rule: select and exclude, YAML or JSON.",
  archive: "Keeps what the service showed, longer than its 30 days.",
  snapshot: "Makes, checks and compares compliance snapshots.",
};

const firstSentence = (text: string): string => text.split(/(?<=\.)\s/)[0] ?? text;

function complete(
  command: Command,
  own: Own,
  flags: readonly Flag[],
  surface: Surface,
  invoke: (words: readonly string[], flags: Given) => void,
): void {
  command.description(own.description);
  for (const [word, description] of own.words ?? []) command.argument(word, description);
  if (own.command === "emulator") {
    // its own parser refuses what it does not know
    command.allowUnknownOption().helpOption(false);
  }
  const borrowed = (own.flagsOf ?? []).map((name) => surface.functions.find((found) => found.function === name));
  const all = [...flags, ...borrowed.flatMap((found) => found?.flags ?? [])];
  const distinct = [...new Map(all.map((flag) => [flag.flag, flag])).values()];
  for (const flag of distinct) for (const option of optionsOf(flag)) command.addOption(option);
  const takesRule = surface.functions.some(
    (found: FunctionCommand) =>
      found.takesRule && (found.command === own.command || own.flagsOf?.includes(found.function)),
  );
  if (own.takesOutput) for (const option of common().slice(0, 2)) command.addOption(option);
  if (takesRule && own.command !== "rule check") {
    command.addOption(new Option("--rule <file>", "Rule, YAML or JSON: select and exclude."));
  }
  for (const option of own.options ?? []) command.addOption(option);
  if (own.takesSettings) {
    for (const option of common()) command.addOption(option);
    for (const flag of surface.settings) {
      for (const option of optionsOf(flag)) command.addOption(option.helpGroup("Settings:"));
    }
  }
  command.action((...given: unknown[]) => {
    const words = given
      .slice(0, -2)
      .flat()
      .filter((word): word is string => typeof word === "string");
    invoke(words, dashed(command.opts()));
  });
}

const common = (): Option[] => [
  new Option("-o, --output <form>", "Form of the data.").choices([...outputs]),
  new Option(
    "--out <file>",
    "File to write instead of standard output, replaced as a whole; its ending may say the form.",
  ),
  new Option("--sample", "Reads sample data from the embedded emulator."),
  new Option("--progress <when>", "Progress on standard error: auto (on a terminal), plain, none.").choices([
    "auto",
    "plain",
    "none",
  ]),
  new Option("--config <file>", "File with settings; default ./hss.yaml where it is there."),
];

const valueNames: Readonly<Record<Flag["kind"], string>> = {
  text: "<text>",
  integer: "<n>",
  boolean: "",
  list: "<words...>",
  json: "<json>",
  file: "<file>",
};

function optionsOf({ flag, kind, description, choices }: Flag): Option[] {
  const text = description.replaceAll("`", "");
  if (kind === "boolean") return [new Option(`--${flag}`, text), new Option(`--no-${flag}`).hideHelp()];
  const option = new Option(`--${flag} ${valueNames[kind].replace("...", "")}`, text);
  if (kind === "list") option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  return [choices ? option.choices([...choices]) : option];
}

/** Flags by their name as typed: the library has them in camelCase. */
const dashed = (options: Readonly<Record<string, unknown>>): Given =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      value,
    ]),
  );
