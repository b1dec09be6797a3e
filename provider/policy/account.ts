import { agreed, type Outcome } from "./outcome.js";
import { composed } from "./unicodeForm.js";

/** Who ran a process, as an event says it. */
export interface ReportedAccount {
  readonly user?: string;
  readonly uid?: string;
  readonly euid?: string;
  readonly osType?: string;
}

export interface AccountPattern {
  readonly source: string;
  matches(account: ReportedAccount): Outcome;
}

/** At this length the API cuts `process_username`. */
const cutAt = 128;

/**
 * An account by the word that a rule gives for it: a name, `DOMAIN\name`, `name@domain`, a SID or a uid. The same word is
 * yes. Another word that may mean the same account is unknown: enough to exclude, and not enough to select. So is effective
 * uid 0 for `root`. On Windows case does not count; without an OS the rules of both systems apply.
 */
export function compileAccount(source: string): AccountPattern {
  const wanted = parse(source);
  const matches = (account: ReportedAccount): Outcome => {
    const system = account.osType?.trim().toLowerCase();
    return system === "linux" || system === "windows"
      ? ask(wanted, account, system)
      : agreed([ask(wanted, account, "linux"), ask(wanted, account, "windows")]);
  };
  return { source, matches };
}

type System = "linux" | "windows";

function ask(wanted: Word, { user, uid, euid }: ReportedAccount, system: System): Outcome {
  const ids = [uid, euid].filter((id) => id !== undefined);
  const named = user === undefined || user.trim() === "" || user.includes("*") ? undefined : user;
  if (named !== undefined && [wanted.text, wanted.source].some((text) => isSame(text, normalForm(named), system)))
    return "yes";
  // on Windows the numbers mean nothing
  if (system === "windows") return named === undefined ? "unknown" : byName(wanted, parse(named), named, system);
  if (wanted.kind === "uid") {
    if (uid === wanted.text) return "yes";
    if (ids.includes(wanted.text)) return "unknown";
    if (uid === undefined || euid === undefined) return "unknown";
    return named !== undefined && /^root$/i.test(named) && wanted.text === "0" ? "unknown" : "no";
  }
  if (named === undefined) return "unknown";
  if (isRoot(wanted) && ids.includes("0")) return "unknown";
  return byName(wanted, parse(named), named, system);
}

function byName(wanted: Word, given: Word, named: string, system: System): Outcome {
  if (isCut(wanted, named)) return "unknown";
  if (wanted.kind === "uid" || given.kind === "uid") return "unknown";
  if (wanted.kind === "sid" || given.kind === "sid") return bySid(wanted, given);
  if (isSameRole(wanted, given)) return "unknown";
  if (named.trim() !== named && isSame(wanted.text, given.text, system)) return "unknown";
  if (isJoinedByPlus(wanted, given)) return "unknown";
  const isForeign = (given.domain ?? wanted.domain) !== undefined;
  if (!isSame(wanted.name, given.name, isForeign ? "windows" : system)) return "no";
  if (wanted.kind !== given.kind || wanted.domain === undefined || given.domain === undefined) return "unknown";
  return fold(wanted.domain) === fold(given.domain) || isLocal(wanted.domain) || isLocal(given.domain)
    ? "unknown"
    : "no";
}

/** Winbind may write `DOMAIN+name`; an account may be called so, too. */
const isJoinedByPlus = (a: Word, b: Word): boolean => {
  const isEnd = (one: Word, other: Word) =>
    one.kind === "plain" && /^[^+]/.test(one.text) && fold(one.text).endsWith(`+${fold(other.name)}`);
  return isEnd(a, b) || isEnd(b, a);
};

/** One machine's own accounts go by several domains: a dot, `BUILTIN`, the name of the machine. */
const isLocal = (domain: string): boolean => domain === "." || /^(?:builtin|localhost|nt authority)$/i.test(domain);

/** Security identifiers of accounts that every Windows has; others may be anybody's. */
function bySid(wanted: Word, given: Word): Outcome {
  if (wanted.kind === given.kind) return fold(wanted.text) === fold(given.text) ? "yes" : "no";
  const [sid, other] = wanted.kind === "sid" ? [wanted, given] : [given, wanted];
  const role = wellKnown.get(fold(sid.text));
  if (role === undefined) return "unknown";
  return roleOf(other) === role || isMachine(other) ? "unknown" : "no";
}

const isSameRole = (a: Word, b: Word): boolean => {
  const [one, other] = [roleOf(a), roleOf(b)];
  if (one !== undefined && one === other) return true;
  return (one === "system" && isMachine(b)) || (other === "system" && isMachine(a));
};

/** A computer's own account is what its SYSTEM is to others. */
const isMachine = ({ name }: Word): boolean => name.endsWith("$");

const isRoot = ({ text }: Word): boolean => text === "root";

function isCut({ text }: Word, named: string): boolean {
  // ps and top end a name that is too long with a plus
  const start =
    named.length >= cutAt ? named.slice(0, cutAt) : /^.{7,}\+$/su.test(named) ? named.slice(0, -1) : undefined;
  return start !== undefined && fold(text).startsWith(fold(normalForm(start)));
}

type Role = "administrator" | "guest" | "system" | "local service" | "network service";

const wellKnown: ReadonlyMap<string, Role> = new Map([
  ["S-1-5-18", "system"],
  ["S-1-5-19", "local service"],
  ["S-1-5-20", "network service"],
]);

/** Names of accounts that Windows makes, in the languages it makes them in. */
const roles: ReadonlyMap<string, Role> = new Map(
  (
    [
      [
        "administrator",
        "Administrator Administrateur Administrador Administratör Amministratore Järjestelmänvalvoja Rendszergazda Администратор 管理员",
      ],
      ["guest", "Guest Gast Invité Invitado Convidado Ospite Gäst Vieras Vendég Гость Gość 来宾"],
      ["system", "SYSTEM LocalSystem Système Sistema СИСТЕМА"],
      ["local service", "LOCALSERVICE LocalService"],
      ["network service", "NETWORKSERVICE NetworkService"],
    ] as const
  ).flatMap(([role, names]) => names.split(" ").map((name) => [fold(normalForm(name)), role] as const)),
);

const roleOf = ({ name }: Word): Role | undefined => roles.get(fold(name).replace(/[\s_-]/g, ""));

interface Word {
  readonly kind: "plain" | "domain" | "upn" | "sid" | "uid";
  /** As it is written, with zeros in front of a number. */
  readonly source: string;
  readonly text: string;
  readonly name: string;
  readonly domain?: string;
}

function parse(source: string): Word {
  // a backslash that some program escaped is one
  const text = normalForm(source.trim()).replace(/\\{2,}/g, "\\");
  if (/^S-1-\d+(?:-\d+)+$/i.test(text)) return { kind: "sid", source: text, text, name: text };
  if (/^\d+$/.test(text)) return { kind: "uid", source: text, text: text.replace(/^0+(?=\d)/, ""), name: text };
  const slash = Math.max(text.lastIndexOf("\\"), text.lastIndexOf("/"));
  if (slash >= 0)
    return { kind: "domain", source: text, text, domain: text.slice(0, slash), name: text.slice(slash + 1) };
  const at = text.lastIndexOf("@");
  if (at > 0) return { kind: "upn", source: text, text, name: text.slice(0, at), domain: text.slice(at + 1) };
  return { kind: "plain", source: text, text, name: text };
}

const isSame = (wanted: string, given: string, system: System): boolean =>
  wanted === given || (system === "windows" && fold(wanted) === fold(given));

function fold(text: string): string {
  return text.toUpperCase();
}

/** Both ways to write an accented letter are one. */
function normalForm(text: string): string {
  return composed(text) ?? text;
}
