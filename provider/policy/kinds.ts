/**
 * What a file is, by the names it goes by. The first four run what is given to them: an allowed one allows anything. The
 * lists follow GTFOBins and LOLBAS as far as these name languages, shells and loaders. A program that starts another one
 * (`env`, `sudo`, `ssh`) is none of them: what it starts is looked at by itself.
 */
export const processKinds = ["interpreter", "shell", "loader", "multiCall", "script", "other"] as const;
export type Kind = (typeof processKinds)[number];

/** `names` are file or process names without a folder, in any letter case. A name that is none of these is `other`. */
export function kindsOf(names: Iterable<string>): ReadonlySet<Kind> {
  const kinds = new Set<Kind>();
  for (const name of names) kinds.add(kindOf(name));
  return kinds;
}

function kindOf(given: string): Kind {
  const name = given
    .trim()
    .toLowerCase()
    .replace(/^-/, "")
    .replace(/ \(deleted\)$/, "")
    .replace(/\.exe$/, "");
  if (/^(?:ld(?:-linux[-\w.]*|-musl-[-\w]+|-[\d.]+|64|32)?\.so(?:\.\d+)*|ld\.so|ld-[\d.]+\.so)$/.test(name))
    return "loader";
  // an emulator of another processor runs the program that it is given
  if (/^qemu-[a-z][\w]*(?:-static)?$/.test(name) && !notEmulators.test(name)) return "loader";
  // python3.11, perl5.36.0, php8.2, lua5.4, node18, tclsh8.6: the name and its version
  const plain = /^([a-z_][a-z_+-]*?)[-\d.]*(?:-?(?:config|dbg|debug))?$/.exec(name)?.[1] ?? name;
  for (const one of [name, plain]) {
    const kind = known.get(one);
    if (kind !== undefined) return kind;
  }
  return scripts.test(name) ? "script" : "other";
}

const notEmulators = /^qemu-(?:img|io|nbd|ga|edid|keymap|system_\w*)$/;

const lists: readonly (readonly [Kind, string])[] = [
  [
    "shell",
    "sh bash rbash dash ash zsh ksh mksh pdksh fish csh tcsh rc es elvish nu yash powershell powershell_ise pwsh cmd command wsl wslhost",
  ],
  [
    "interpreter",
    "python pythonw pypy ipython perl ruby irb jruby node nodejs bun deno java javaw jshell groovy scala kotlin clojure php php-cli php-cgi lua luajit tclsh wish expect awk gawk mawk nawk original-awk guile scheme racket r rscript julia octave erl escript elixir iex ghci runghc ocaml dotnet mono csi fsi msbuild installutil wscript cscript mshta osascript gdb lldb jjs jrunscript py pyw ts-node tsx wine wine64 emacs wmic cdb ntsd kd windbg fsianycpu rcsi dnx texttransform runscripthelper",
  ],
  ["loader", "rundll32 regsvr32 regasm regsvcs odbcconf mavinject dllhost infdefaultinstall ld.so"],
  ["multiCall", "busybox toybox coreutils sbase-box ubase-box uutils"],
];

const known: ReadonlyMap<string, Kind> = new Map(
  lists.flatMap(([kind, names]) => names.split(" ").map((name) => [name, kind] as const)),
);

const scripts =
  /\.(?:sh|bash|zsh|ksh|csh|fish|py|pyw|pyc|pyz|pl|pm|rb|js|mjs|cjs|ts|php|phar|lua|tcl|awk|r|jl|ps1|psm1|psd1|bat|cmd|vbs|vbe|wsf|wsh|hta|jse|jar|groovy|scala|kts|msi|run)$/;
