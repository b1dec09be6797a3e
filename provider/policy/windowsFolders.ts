/**
 * Folders that every Windows has under an older name, too: links to the present one. The parts are those of a path
 * behind its drive. Gives the path with present names; undefined if it has no older ones.
 */
export function presentFolders(parts: readonly string[]): readonly string[] | undefined {
  let found: readonly string[] | undefined;
  // one link may lead through the next, and some to themselves
  for (let step = 0; step < longestChain; step += 1) {
    const next = follow(found ?? parts);
    if (!next) return found;
    found = next;
  }
  return found;
}

const longestChain = 64;

type Link = readonly [from: readonly string[], to: readonly string[]];
const link = (from: string, to: string): Link => [from.split("/"), to.split("/")];

/** `*` is any one part, and kept. */
const links: readonly Link[] = [
  link("documents and settings", "Users"),
  link("dokumente und einstellungen", "Users"),
  link("users/all users", "ProgramData"),
  link("users/default user", "Users/Default"),
  link("programdata/application data", "ProgramData"),
  link("programdata/documents", "Users/Public/Documents"),
  link("programdata/desktop", "Users/Public/Desktop"),
  link("programdata/start menu", "ProgramData/Microsoft/Windows/Start Menu"),
  link("programdata/templates", "ProgramData/Microsoft/Windows/Templates"),
  link("users/*/application data", "Users/*/AppData/Roaming"),
  link("users/*/local settings", "Users/*/AppData/Local"),
  link("users/*/my documents", "Users/*/Documents"),
  link("users/*/start menu", "Users/*/AppData/Roaming/Microsoft/Windows/Start Menu"),
  link("users/*/sendto", "Users/*/AppData/Roaming/Microsoft/Windows/SendTo"),
  link("users/*/recent", "Users/*/AppData/Roaming/Microsoft/Windows/Recent"),
  link("users/*/templates", "Users/*/AppData/Roaming/Microsoft/Windows/Templates"),
  link("users/*/nethood", "Users/*/AppData/Roaming/Microsoft/Windows/Network Shortcuts"),
  link("users/*/printhood", "Users/*/AppData/Roaming/Microsoft/Windows/Printer Shortcuts"),
  link("users/*/cookies", "Users/*/AppData/Local/Microsoft/Windows/INetCookies"),
  link("users/*/appdata/local/application data", "Users/*/AppData/Local"),
  link("users/*/appdata/local/history", "Users/*/AppData/Local/Microsoft/Windows/History"),
  link("users/*/appdata/local/temporary internet files", "Users/*/AppData/Local/Microsoft/Windows/INetCache"),
  link("users/*/documents/my music", "Users/*/Music"),
  link("users/*/documents/my pictures", "Users/*/Pictures"),
  link("users/*/documents/my videos", "Users/*/Videos"),
  link("windows/sysnative", "Windows/System32"),
  ...["programme", "programmi", "programmes", "archivos de programa", "arquivos de programas"].map((name) =>
    link(name, "Program Files"),
  ),
];

function follow(parts: readonly string[]): readonly string[] | undefined {
  for (const [from, to] of links) {
    if (from.length > parts.length) continue;
    if (!from.every((name, i) => name === "*" || name === parts[i]?.toLowerCase())) continue;
    const kept = parts[from.indexOf("*")];
    return [...to.map((name) => (name === "*" ? (kept as string) : name)), ...parts.slice(from.length)];
  }
  return undefined;
}
