import type { ObservedEvent, Rule, RuleEntry } from "../../../provider/policy/index.js";

/**
 * The rule's plain meaning, written a second time and without care for speed: for each hash it goes through all events
 * again, and it shares no line with the sources.
 */
export function admittedByPlainMeaning(events: readonly ObservedEvent[], rule: Rule, now: number): Set<string> {
  const admitted = new Set<string>();
  for (const hash of new Set(events.flatMap((event) => reports(event).map((report) => report.hash)))) {
    if (admits(hash, events, rule, now)) admitted.add(hash);
  }
  return admitted;
}

interface Report {
  hash: string;
  name?: string;
  path?: string;
  user?: string;
}

const clean = (text: string | undefined): string | undefined => {
  const hash = (text ?? "").trim().toLowerCase();
  return hash !== "" && [...hash].every((char) => "0123456789abcdef".includes(char)) ? hash : undefined;
};

function reports(event: ObservedEvent): Report[] {
  const details = event.operateDetailList ?? [];
  const baseName = (path?: string) => (path === undefined ? undefined : path.split("/").join("\\").split("\\").pop());
  if (!event.processInfo || event.processInfo.length === 0) {
    return details.flatMap((detail) => {
      const hash = clean(detail.fileHash);
      return hash === undefined ? [] : [{ hash, name: baseName(detail.filePath), path: detail.filePath }];
    });
  }
  const alone = event.processInfo.length === 1;
  return event.processInfo.flatMap((process): Report[] => {
    const own = { name: process.processName, path: process.processPath, user: process.processUsername };
    const direct = clean(process.processHash) ?? clean(process.processFileHash);
    if (direct !== undefined) return [{ hash: direct, ...own }];
    const same = details.filter((detail) => detail.filePath !== undefined && detail.filePath === process.processPath);
    const candidates = same.length === 0 && alone ? details : same;
    const detail = candidates.find((candidate) => clean(candidate.fileHash) !== undefined);
    const hash = clean(detail?.fileHash);
    if (!detail || hash === undefined) return [];
    if (detail.filePath === undefined || detail.filePath === process.processPath) return [{ hash, ...own }];
    return [{ hash, name: baseName(detail.filePath), path: detail.filePath, user: own.user }];
  });
}

const mentions = (event: ObservedEvent, hash: string): boolean =>
  [
    ...(event.processInfo ?? []).flatMap((process) => [process.processHash, process.processFileHash]),
    ...(event.operateDetailList ?? []).map((detail) => detail.fileHash),
  ].some((text) => clean(text) === hash);

type Answer = "yes" | "no" | "unknown";

function admits(hash: string, events: readonly ObservedEvent[], rule: Rule, now: number): boolean {
  const mine = events.filter((event) => reports(event).some((report) => report.hash === hash));
  const facts = mine.flatMap((event) => reports(event).filter((report) => report.hash === hash));
  const bad = events.some(
    (event) =>
      mentions(event, hash) &&
      ((event.eventName ?? "").includes("malicious") || event.handleMethod === "isolate_and_kill"),
  );

  const holds = (entry: RuleEntry, reviewsExpire: boolean): Answer => {
    const answers = conditions(entry, reviewsExpire);
    if (answers.includes("no")) return "no";
    return answers.includes("unknown") ? "unknown" : "yes";
  };

  function conditions(entry: RuleEntry, reviewsExpire: boolean): Answer[] {
    const answers: Answer[] = [];
    const say = (yes: boolean) => answers.push(yes ? "yes" : "no");
    if (entry.hashes) say(reviews(entry, reviewsExpire).length > 0);
    if (entry.handleMethods) say(mine.some((event) => entry.handleMethods?.includes(event.handleMethod ?? "")));
    if (entry.handleStatuses) say(mine.some((event) => entry.handleStatuses?.includes(event.handleStatus ?? "")));
    if (entry.policyIds) say(mine.some((event) => entry.policyIds?.includes(event.policyId ?? "")));
    if (entry.minEvents !== undefined) say(mine.length >= entry.minEvents);
    if (entry.minHosts !== undefined) {
      const hosts = mine.map((event) => event.hostId ?? event.resourceInfo?.hostId ?? byName(event));
      say(new Set(hosts.filter((host) => host !== undefined)).size >= entry.minHosts);
    }
    if (entry.seenWithinDays !== undefined) {
      const times = mine.flatMap((event) => (event.occurTime === undefined ? [] : [Number(event.occurTime)]));
      const last = Math.max(...times);
      if (times.length === 0 || last > now) answers.push("unknown");
      else say(now - last <= entry.seenWithinDays * 24 * 60 * 60 * 1000);
    }
    if (entry.maxSeverity !== undefined) {
      const order = ["Security", "Low", "Medium", "High", "Critical"];
      const allowed = order.slice(0, order.indexOf(entry.maxSeverity) + 1);
      const seen = mine.flatMap((event) => (event.severity === undefined ? [] : [event.severity]));
      if (seen.length === 0) answers.push("unknown");
      else say(seen.every((severity) => allowed.includes(severity)));
    }
    if (entry.osTypes) {
      const wanted = entry.osTypes.map((os) => os.toLowerCase());
      say(systems().some((os) => wanted.includes(os.toLowerCase())));
    }
    const alike = (one: string, other: string) =>
      one === other || (systems().includes("Windows") && one.toLowerCase() === other.toLowerCase());
    if (entry.names) say(facts.some(({ name }) => entry.names?.some((wanted) => alike(wanted, name ?? ""))));
    if (entry.users) say(facts.some(({ user }) => entry.users?.some((wanted) => alike(wanted, user ?? ""))));
    if (entry.paths) {
      const paths = facts.flatMap(({ path }) => (path === undefined ? [] : [path]));
      const wanders = (path: string) => path.split(/[\\/]/).some((part) => part === ".." || part === ".");
      if (paths.some((path) => !wanders(path) && entry.paths?.some((glob) => expression(glob, path))))
        answers.push("yes");
      else answers.push(paths.some(wanders) ? "unknown" : "no");
    }
    return answers;
  }

  function systems(): string[] {
    return mine.flatMap((event) => event.osType ?? event.resourceInfo?.osType ?? []);
  }

  function reviews(entry: RuleEntry, expire: boolean) {
    return (entry.hashes ?? [])
      .map((item) => (typeof item === "string" ? { hash: item } : item))
      .filter(
        (item: { hash: string; expires?: string }) =>
          item.hash.toLowerCase() === hash &&
          !(expire && item.expires !== undefined && new Date(item.expires).getTime() <= now),
      ) as {
      reason?: string;
    }[];
  }

  if ((rule.exclude ?? []).some((entry) => holds(entry, false) !== "no")) return false;
  const admitting = (rule.select ?? []).filter((entry) => holds(entry, true) === "yes");
  if (admitting.length === 0) return false;
  return (
    !bad ||
    admitting.some((entry) => reviews(entry, true).some(({ reason }) => reason !== undefined && reason.trim() !== ""))
  );
}

const byName = (event: ObservedEvent): string | undefined => {
  const name = event.hostName ?? event.resourceInfo?.hostName;
  return name === undefined ? undefined : `name=${name}`;
};

/** Only the patterns that the test's rules have. */
function expression(glob: string, path: string): boolean {
  const windows = /^[a-z]:\\/i.test(path);
  const source = (windows ? glob.replace(/\\/g, "/") : glob)
    .replace(/[.\\]/g, "\\$&")
    .replace(/^\*\*\//, "(.*/)?")
    .replace(/(?<!\.)\*\*/g, ".%")
    .replace(/(?<![.)])\*(?!\/)/g, "[^/]*")
    .replace(/%/g, "*");
  return new RegExp(`^${source}$`, windows ? "i" : "").test(windows ? path.replace(/\\/g, "/") : path);
}
