import type { Command, Option } from "commander";

export const shells: readonly string[] = ["bash", "zsh", "fish"];

interface Level {
  /** Words after `hss` that lead here; empty for the top. */
  readonly path: string;
  readonly commands: readonly Command[];
  readonly options: readonly Option[];
}

const levelsOf = (command: Command, path = ""): Level[] => [
  { path, commands: command.commands, options: command.options.filter(({ hidden }) => !hidden) },
  ...command.commands.flatMap((one) => levelsOf(one, `${path} ${one.name()}`.trim())),
];

/** A script for the shell, with all commands and flags as they are now. Values that are not words of a flag are files. */
export function completionScript(program: Command, shell: string): string {
  const levels = levelsOf(program);
  if (shell === "bash") return bash(levels);
  return shell === "zsh" ? zsh(levels) : fish(levels);
}

const namesOf = ({ commands, options }: Level): string =>
  [...commands.map((one) => one.name()), ...options.map(({ long }) => long ?? "")].join(" ");

/** Paths as a pattern of the shell: any other word is a file or a value. */
const known = (levels: readonly Level[]): string =>
  levels.flatMap(({ path }) => (path === "" ? [] : [`"${path}"`])).join("|");

const choiceCases = (levels: readonly Level[]): [string, string][] => {
  const found = levels.flatMap(({ options }) => options).filter(({ argChoices }) => argChoices);
  return [...new Map(found.map(({ long, argChoices }) => [long ?? "", (argChoices ?? []).join(" ")]))];
};

function bash(levels: readonly Level[]): string {
  const paths = levels.map((level) => `    "${level.path}") names="${namesOf(level)}" ;;`);
  const values = choiceCases(levels).map(([long, words]) => `    ${long}) names="${words}" ;;`);
  return `# hss completion bash: source it, or put it where bash-completion looks
_hss() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" at="" names="" word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) break ;; esac
    case "\${at:+$at }$word" in ${known(levels)}) at="\${at:+$at }$word" ;; esac
  done
  case "$before" in
${values.join("\n")}
  esac
  [ -n "$names" ] || case "$at" in
${paths.join("\n")}
  esac
  case "$current$names" in -*|[a-z]*) COMPREPLY=($(compgen -W "$names" -- "$current")) ;; esac
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _hss hss pulumi-hss
`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const shortly = (text: string): string => (text.split(/(?<=[.;:])\s/)[0] ?? "").slice(0, 70);

function zsh(levels: readonly Level[]): string {
  const item = (name: string, text: string) => quoted(`${name}:${shortly(text).replaceAll(":", " ")}`);
  const cases = levels.map(({ path, commands, options }) => {
    const items = [
      ...commands.map((one) => item(one.name(), one.summary())),
      ...options.map(({ long, description }) => item(long ?? "", description)),
    ];
    return `    ${quoted(path)}) items=(${items.join(" ")}) ;;`;
  });
  const values = choiceCases(levels).map(([long, words]) => `    ${long}) compadd -- ${words}; return ;;`);
  return `#compdef hss pulumi-hss
# hss completion zsh: a file _hss in a folder of $fpath, or source it
_hss() {
  local at="" word
  local -a items
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$word" in -*) break ;; esac
    case "\${at:+$at }$word" in ${known(levels)}) at="\${at:+$at }$word" ;; esac
  done
  case "\${words[CURRENT-1]}" in
${values.join("\n")}
  esac
  case "$at" in
${cases.join("\n")}
  esac
  _describe 'hss' items || _files
}
compdef _hss hss pulumi-hss
`;
}

function fish(levels: readonly Level[]): string {
  const lines = levels.flatMap(({ path, commands, options }) => {
    const condition =
      path === ""
        ? "__fish_use_subcommand"
        : path
            .split(" ")
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join("; and ");
    const start = `complete -c hss -n ${quoted(condition)}`;
    return [
      ...commands.map((one) => `${start} -a ${one.name()} -d ${quoted(shortly(one.summary()))}`),
      ...options.map(({ long = "", description, required, argChoices }) =>
        [
          `${start} -l ${long.slice(2)} -d ${quoted(shortly(description))}`,
          ...(required ? ["-r"] : []),
          ...(argChoices ? [`-f -a ${quoted(argChoices.join(" "))}`] : []),
        ].join(" "),
      ),
    ];
  });
  return `# hss completion fish: ~/.config/fish/completions/hss.fish\n${lines.join("\n")}\ncomplete -c pulumi-hss -w hss\n`;
}
