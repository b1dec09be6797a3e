import type { Dice } from "./random.js";
import type { HandleMethod } from "./wire.js";

export interface Program {
  name: string;
  path: string;
  commandLine: string;
  kind: "system" | "inhouse" | "malicious" | "hostile";
  osType: "Linux" | "Windows";
  hashes: { sha256: string; sha1: string; md5: string };
  /** How operators handle this file, always the same way; none: they have not looked at it yet. */
  verdict?: HandleMethod;
  severities: readonly [string, ...string[]];
}

const LINUX_SYSTEM = [
  "/usr/bin/login",
  "/usr/lib/systemd/systemd",
  "/usr/sbin/sshd",
  "/usr/sbin/crond",
  "/usr/bin/bash",
  "/usr/bin/sudo",
  "/usr/bin/curl",
  "/usr/bin/rsync",
  "/usr/bin/tar",
  "/usr/bin/python3.9",
  "/usr/bin/perl",
  "/usr/bin/awk",
  "/usr/bin/sed",
  "/usr/bin/grep",
  "/usr/bin/find",
  "/usr/bin/journalctl",
  "/usr/sbin/rsyslogd",
  "/usr/sbin/chronyd",
  "/usr/sbin/NetworkManager",
  "/usr/sbin/logrotate",
  "/usr/bin/dnf",
  "/usr/bin/rpm",
  "/usr/bin/git",
  "/usr/bin/make",
  "/usr/bin/gcc",
  "/usr/bin/openssl",
  "/usr/sbin/nginx",
  "/usr/bin/redis-server",
  "/usr/lib/postgresql/15/bin/postgres",
  "/usr/bin/dockerd",
  "/usr/bin/containerd",
  "/usr/bin/kubelet",
  "/usr/sbin/iptables",
  "/usr/sbin/ip",
  "/usr/bin/ps",
  "/usr/bin/top",
];
const WINDOWS_SYSTEM = [
  "C:\\Windows\\System32\\svchost.exe",
  "C:\\Windows\\System32\\lsass.exe",
  "C:\\Windows\\System32\\services.exe",
  "C:\\Windows\\explorer.exe",
  "C:\\Windows\\System32\\cmd.exe",
  "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
  "C:\\Windows\\System32\\taskhostw.exe",
  "C:\\Windows\\System32\\spoolsv.exe",
  "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe",
  "C:\\Windows\\System32\\inetsrv\\w3wp.exe",
  "C:\\Windows\\System32\\msiexec.exe",
  "C:\\Windows\\System32\\robocopy.exe",
  "C:\\Program Files\\PowerShell\\7\\pwsh.exe",
  "C:\\Program Files\\Git\\cmd\\git.exe",
];
const INHOUSE = [
  "billing",
  "ledger",
  "catalog",
  "pricing",
  "courier",
  "mailer",
  "indexer",
  "metrics",
  "backup",
  "gateway",
];
const LINUX_MALICIOUS = [
  "/tmp/.X11-unix/kworkerds",
  "/var/tmp/.cache/xmr-sample",
  "/dev/shm/.sample-loader",
  "/usr/bin/.sshd-sample",
  "/tmp/dropper-sample.elf",
  "/var/tmp/.config/sample-botd",
];
const WINDOWS_MALICIOUS = [
  "C:\\Users\\Public\\sample-locker.exe",
  "C:\\ProgramData\\sample-stealer.exe",
  "C:\\Windows\\Temp\\svch0st.exe",
];
/** Names that programs must carry through tables, logs, shells, spreadsheets and CI systems without harm. */
const HOSTILE = [
  "two\nlines",
  "::set-output name=approved::true",
  "\u001b[31mred\u001b[0m",
  "invoice\u202Egpj.exe",
  "=cmd|' /C calc'!A0",
  'it\'s "quoted" `id` $(id) \\.sh',
  "工资表-最终版.exe",
  "🦊-updater",
  "comma,semicolon;tab\tend",
  "<script>alert(1)</script>",
  "| pipe | **bold** |",
  "${HOME}%PATH%{{7*7}}",
];

/** Every program that runs on hosts of one system, in the order of how often it is seen. */
export function programs(dice: Dice, osType: "Linux" | "Windows"): Program[] {
  const linux = osType === "Linux";
  const root = linux ? "/opt/inhouse" : "C:\\Program Files\\Inhouse";
  const separator = linux ? "/" : "\\";
  const list: Program[] = [];
  const add = (kind: Program["kind"], path: string, build = "", verdict?: HandleMethod): void => {
    const name = path.slice(path.lastIndexOf(separator) + 1);
    list.push(program(dice, { kind, path, name, osType, verdict }, build));
  };
  for (const path of linux ? LINUX_SYSTEM : WINDOWS_SYSTEM) {
    // Operators have trusted most of the known tools, not all.
    add("system", path, "", dice.fraction(list.length, 901) < 0.75 || list.length < 3 ? "mark_as_trust" : undefined);
  }
  for (const [index, name] of INHOUSE.entries()) {
    // Builds of one program share name and path; only the hash tells them apart.
    for (const build of ["1", "2", "3"]) {
      const suspicious = index % 4 === 1 && build === "3";
      const file = linux ? `${name}d` : `${name}.exe`;
      add("inhouse", [root, name, "bin", file].join(separator), build, suspicious ? "mark_as_suspicious" : undefined);
    }
  }
  const deep = Array.from({ length: 12 }, (_, level) => `node_modules${separator}package-${level}`).join(separator);
  add("inhouse", [root, "portal", deep, "bin", "postinstall"].join(separator));
  for (const path of linux ? LINUX_MALICIOUS : WINDOWS_MALICIOUS) add("malicious", path, "", "isolate_and_kill");
  const home = linux ? "/home/sample/Downloads" : "C:\\Users\\sample\\Downloads";
  for (const name of HOSTILE) {
    list.push(program(dice, { kind: "hostile", path: `${home}${separator}${name}`, name, osType }, ""));
  }
  return list
    .map((entry, index) => ({ entry, key: rankKey(entry, dice.fraction(index, linux ? 902 : 903)) }))
    .sort((a, b) => a.key - b.key)
    .map(({ entry }) => entry);
}

function program(
  dice: Dice,
  facts: Pick<Program, "kind" | "path" | "name" | "osType" | "verdict">,
  build: string,
): Program {
  const identity = `${facts.osType} ${facts.path} ${build}`;
  return {
    ...facts,
    commandLine: commandLine(facts.path, facts.name, facts.kind, build),
    hashes: {
      sha256: dice.digest("sha256", identity),
      sha1: dice.digest("sha1", identity),
      md5: dice.digest("md5", identity),
    },
    severities: severities(facts.kind),
  };
}

function commandLine(path: string, name: string, kind: Program["kind"], build: string): string {
  if (name === "login") return "login -- root";
  if (name === "systemd") return `${path} --switched-root --system --deserialize 16`;
  if (kind === "inhouse") return `${path} --config /etc/${name}.yaml --release 2024.${build} --quiet`;
  return kind === "system" ? path : `${path} --run`;
}

function severities(kind: Program["kind"]): readonly [string, ...string[]] {
  switch (kind) {
    case "system":
      return ["Low", "Low", "Security", "Medium"];
    case "malicious":
      return ["Critical", "High", "Critical"];
    default:
      return ["Medium", "High", "Low", "High"];
  }
}

function rankKey(entry: Program, chance: number): number {
  if (entry.kind === "system") return chance * 0.7;
  return entry.kind === "inhouse" ? 0.1 + chance * 0.8 : 0.4 + chance * 0.6;
}

/** Chooses from a ranking so that rank r comes up in proportion to 1 / (r + 1). */
export class LongTail<T> {
  private readonly bounds: Float64Array;

  constructor(readonly ranking: readonly [T, ...T[]]) {
    this.bounds = new Float64Array(ranking.length);
    let sum = 0;
    for (const rank of ranking.keys()) this.bounds[rank] = sum += 1 / (rank + 1);
    for (const rank of ranking.keys()) this.bounds[rank] = (this.bounds[rank] ?? sum) / sum;
  }

  /** @param chance 0 <= chance < 1 */
  at(chance: number): T {
    let low = 0;
    let high = this.bounds.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.bounds[middle] ?? 1) > chance) high = middle;
      else low = middle + 1;
    }
    return this.ranking[low] ?? this.ranking[0];
  }
}
