import type { ObservedEvent, Rule, RuleEntry } from "../../../provider/policy/index.js";

/**
 * docs/policy.md written a second time, sentence by sentence and without care for speed: it goes through all events again for
 * each hash, and shares no line with the sources. Of paths, names and accounts it knows the few that `arbitrary.ts` makes.
 */
export interface World {
  /** What may admit. */
  readonly query: readonly ObservedEvent[];
  /** What speaks against a hash is looked for here too. */
  readonly project: readonly ObservedEvent[];
}

type Answer = "true" | "false" | "unknown";

interface Seen {
  readonly event: ObservedEvent;
  readonly hash: string;
  /** The hash and its aliases. */
  readonly all: readonly string[];
  readonly several: boolean;
  readonly name?: string;
  readonly path?: string;
  readonly user?: string;
  readonly uid?: string;
  readonly euid?: string;
}

export function allowedBy({ query, project }: World, rule: Rule, now: number): Set<string> {
  const everything = [...new Set([...query, ...project])];
  const sightings = everything.flatMap(sightingsIn);
  const admitting = query.flatMap(sightingsIn);
  const allowed = new Set<string>();
  // P6, P12: hashes that were seen, and those of entries that ask for nothing else
  const plain = (rule.select ?? []).filter((entry) => Object.keys(entry).join() === "hashes");
  const candidates = new Set([...admitting.map(({ hash }) => hash), ...plain.flatMap(listedIn)]);
  for (const hash of candidates) if (isAllowed(hash)) allowed.add(hash);
  return allowed;

  // P6
  function isAllowed(hash: string): boolean {
    const file = fileOf(hash);
    if ((rule.exclude ?? []).some((entry) => excludes(entry, file))) return false;
    const entries = (rule.select ?? []).filter((entry) => selects(entry, hash, file));
    if (entries.length === 0) return false;
    // P18
    return !isDoubtful(file) || entries.some((entry) => reviewsOf(entry, hash).some(hasReason));
  }

  // P3
  function fileOf(hash: string): Set<string> {
    const file = new Set([hash]);
    for (let size = 0; size !== file.size;) {
      size = file.size;
      for (const { all } of sightings) if (all.some((one) => file.has(one))) all.forEach((one) => file.add(one));
    }
    return file;
  }

  // P15, P17
  function isDoubtful(file: ReadonlySet<string>): boolean {
    return everything.some((event) => [...usableIn(event)].some((hash) => file.has(hash)) && speaksAgainst(event));
  }

  // P7 to P10, P12 to P14
  function selects(entry: RuleEntry, hash: string, file: ReadonlySet<string>): boolean {
    const { hashes, maxSeverity, kinds, minHosts, minEvents, seenWithinDays, ...plain } = entry;
    if (hashes && reviewsOf(entry, hash).length === 0) return false;
    if (hashes && Object.keys(entry).length === 1 && reviewsOf(entry, hash).some(hasReason)) return true;
    const ofFile = sightings.filter((seen) => file.has(seen.hash));
    if (maxSeverity && !ofFile.every(({ event }) => isUpTo(event.severity, maxSeverity) === "true")) return false;
    if (kinds && !(kindsOf(ofFile) ?? ["unknown"]).every((kind) => (kinds as readonly string[]).includes(kind)))
      return false;
    const meeting = admitting.filter(
      (seen) =>
        seen.hash === hash &&
        Object.entries({ containers: "exclude", ...plain }).every(
          ([name, value]) => condition(name, value, seen) === "true",
        ),
    );
    if (meeting.length === 0) return false;
    if (minEvents && new Set(meeting.map(({ event }) => event)).size < minEvents) return false;
    if (minHosts && serversOf(meeting) < minHosts) return false;
    return !seenWithinDays || meeting.some(({ event }) => isRecent(event, seenWithinDays) === "true");
  }

  // P11
  function excludes(entry: RuleEntry, file: ReadonlySet<string>): boolean {
    const { hashes, kinds, minHosts, minEvents, seenWithinDays, ...plain } = entry;
    const ofFile = sightings.filter((seen) => file.has(seen.hash));
    if (hashes && !listedIn(entry).some((hash) => file.has(hash))) return false;
    if (kinds && ofFile.length === 0) return false;
    if (kinds && kindsOf(ofFile) && !kindsOf(ofFile)?.some((kind) => (kinds as readonly string[]).includes(kind))) {
      if (!ofFile.some((seen) => kindsOf([seen]) === undefined)) return false;
    }
    if (
      Object.keys({
        ...plain,
        ...(minHosts && { minHosts }),
        ...(minEvents && { minEvents }),
        ...(seenWithinDays && { seenWithinDays }),
      }).length === 0
    )
      return true;
    const may = ofFile.filter((seen) =>
      Object.entries(plain).every(([name, value]) => condition(name, value, seen) !== "false"),
    );
    if (may.length === 0) return false;
    const ids = new Set(may.map(({ event }) => idOf(event)).filter((id) => id !== undefined));
    const without = new Set(
      may
        .filter(({ event }) => idOf(event) === undefined)
        .map(({ event, hash }) => `${everything.indexOf(event)} ${hash}`),
    );
    const events = new Set(may.map(({ event, hash }) => `${everything.indexOf(event)} ${hash}`));
    if (minHosts && ids.size + without.size < minHosts) return false;
    if (minEvents && events.size < minEvents) return false;
    return !seenWithinDays || may.some(({ event }) => isRecent(event, seenWithinDays) !== "false");
  }

  // P12, P13
  function reviewsOf(entry: RuleEntry, hash: string) {
    const together = new Set([hash, ...sightings.filter(({ all }) => all.includes(hash)).flatMap(({ all }) => all)]);
    return (entry.hashes ?? [])
      .map((item) => (typeof item === "string" ? { hash: item } : item))
      .filter(
        (item: { hash: string; expires?: string }) =>
          together.has(item.hash.toLowerCase()) && !(item.expires && new Date(item.expires).getTime() <= now),
      ) as { reason?: string }[];
  }

  function isRecent({ occurTime }: ObservedEvent, days: number): Answer {
    const age = now - Number(occurTime);
    if (occurTime === undefined || age < 0) return "unknown";
    return age <= days * 24 * 3600 * 1000 ? "true" : "false";
  }
}

const hasReason = ({ reason = "" }: { reason?: string }): boolean => reason.trim() !== "";

const listedIn = ({ hashes = [] }: RuleEntry): string[] =>
  hashes.map((item) => (typeof item === "string" ? item : item.hash).toLowerCase());

// P4
function usable(text: string | undefined): string | undefined {
  const hash = (text ?? "").trim().toLowerCase();
  if (hash === "" || ![...hash].every((char) => "0123456789abcdef".includes(char))) return undefined;
  return hash.startsWith("e3b0c442") || new Set(hash).size === 1 ? undefined : hash;
}

function usableIn(event: ObservedEvent): Set<string> {
  const fields = [
    ...(event.processInfo ?? []).flatMap(({ processHash, processFileHash }) => [processHash, processFileHash]),
    ...(event.operateDetailList ?? []).map(({ fileHash }) => fileHash),
  ];
  return new Set(fields.map(usable).filter((hash) => hash !== undefined));
}

// P1 to P3
function sightingsIn(event: ObservedEvent): Seen[] {
  const processes = event.processInfo ?? [];
  const operations = event.operateDetailList ?? [];
  const baseName = (path: string | undefined) => path?.split("\\").join("/").split("/").pop();
  if (processes.length === 0) {
    return operations.flatMap(({ fileHash, filePath }) => {
      const hash = usable(fileHash);
      return hash
        ? [{ event, hash, all: [hash], several: operations.length > 1, path: filePath, name: baseName(filePath) }]
        : [];
    });
  }
  return processes.flatMap((process): Seen[] => {
    const isAlone = processes.length === 1;
    const isSame = ({ filePath }: { filePath?: string }) =>
      isAlone
        ? process.processPath === undefined || filePath === undefined || filePath === process.processPath
        : process.processPath !== undefined && filePath === process.processPath;
    const mine = operations.filter(isSame);
    const all = [process.processHash, process.processFileHash, ...mine.map(({ fileHash }) => fileHash)]
      .map(usable)
      .filter((hash) => hash !== undefined);
    const ran = {
      user: process.processUsername,
      uid: process.processUid === undefined ? undefined : String(process.processUid),
      euid: process.processEuid,
    };
    const several = processes.length > 1;
    const [hash] = all;
    if (hash !== undefined) {
      const ofOperation = mine.find((operation) => usable(operation.fileHash) === hash)?.filePath;
      const isDirect = [process.processHash, process.processFileHash].some((field) => usable(field) !== undefined);
      return [
        {
          event,
          hash,
          all,
          several,
          name: process.processName,
          path: process.processPath ?? (isDirect ? undefined : ofOperation),
          ...ran,
        },
      ];
    }
    const other = isAlone ? operations.find((operation) => usable(operation.fileHash) !== undefined) : undefined;
    const otherHash = usable(other?.fileHash);
    if (otherHash === undefined) return [];
    return [
      {
        event,
        hash: otherHash,
        all: [otherHash],
        several,
        path: other?.filePath,
        name: baseName(other?.filePath),
        ...ran,
      },
    ];
  });
}

// P15, P16
function speaksAgainst({ eventName, handleStatus, handleMethod }: ObservedEvent): boolean {
  const isHarmless = ["white list alert suspicious process", "Untrusted process running"].includes(eventName ?? "");
  if (!isHarmless) return true;
  if (handleMethod === undefined) return handleStatus !== "unhandled";
  return handleMethod !== "mark_as_trust";
}

const isKnown = (text: string | undefined): text is string => text !== undefined && text !== "" && !text.includes("*");

const oneOf = (value: string | undefined, wanted: readonly string[], words?: readonly string[]): Answer =>
  !isKnown(value) || (words && !words.includes(value)) ? "unknown" : wanted.includes(value) ? "true" : "false";

const levels = ["Security", "Low", "Medium", "High", "Critical"];

const isUpTo = (severity: string | undefined, max: string): Answer =>
  severity === undefined || !levels.includes(severity)
    ? "unknown"
    : levels.indexOf(severity) <= levels.indexOf(max)
      ? "true"
      : "false";

const either = (answers: readonly Answer[]): Answer =>
  answers.includes("true") ? "true" : answers.every((answer) => answer === "false") ? "false" : "unknown";

function system({ osType, resourceInfo }: ObservedEvent): string | undefined {
  const other = resourceInfo?.osType;
  return osType === undefined || other === undefined || osType.toLowerCase() === other.toLowerCase()
    ? (osType ?? other)
    : undefined;
}

// P22 to P29
function condition(name: string, value: unknown, seen: Seen): Answer {
  const { event } = seen;
  const wanted = value as readonly string[];
  switch (name) {
    case "handleMethods": {
      const words = ["mark_as_trust", "mark_as_suspicious", "isolate_and_kill"];
      if (event.handleMethod === undefined) return event.handleStatus === "unhandled" ? "false" : "unknown";
      return seen.several ? "unknown" : oneOf(event.handleMethod, wanted, words);
    }
    case "handleStatuses":
      return oneOf(event.handleStatus, wanted, ["handled", "unhandled"]);
    case "severities":
      return oneOf(event.severity, wanted, levels);
    case "maxSeverity":
      return isUpTo(event.severity, value as string);
    case "osTypes":
      return oneOf(
        system(event)?.toLowerCase(),
        wanted.map((word) => word.toLowerCase()),
        ["linux", "windows"],
      );
    case "policyIds":
      return oneOf(event.policyId, wanted);
    case "hostNames": {
      const names = [...new Set([event.hostName, event.resourceInfo?.hostName].filter((one) => one !== undefined))];
      const answers = names.map((one) => oneOf(one, wanted));
      return answers.length > 0 && answers.every((answer) => answer === answers[0])
        ? (answers[0] ?? "unknown")
        : "unknown";
    }
    case "hostIps": {
      const addresses = [event.privateIp, event.publicIp, event.resourceInfo?.hostIp].filter(
        (one) => one !== undefined,
      );
      return addresses.length === 0 ? "unknown" : either(addresses.map((one) => oneOf(one, wanted)));
    }
    case "names":
      return either(wanted.map((word) => nameIs(word, seen.name, system(event))));
    case "users":
      return either(wanted.map((word) => accountIs(word, seen)));
    case "paths":
      return either(wanted.map((pattern) => pathMatches(pattern, seen.path)));
    case "containers": {
      const { containerId, imageName, podName } = event.resourceInfo ?? {};
      const isInside = [containerId, imageName, podName].some((one) => one !== undefined && one !== "");
      return value === "include" || isInside === (value === "only") ? "true" : "false";
    }
    default:
      throw new Error(`no meaning for ${name}`);
  }
}

function nameIs(word: string, name: string | undefined, osType: string | undefined): Answer {
  if (!isKnown(name)) return "unknown";
  if (name.length === 15 && osType !== "Windows" && word.startsWith(name)) {
    // on Windows nothing is cut there: without a system the answers differ
    return "unknown";
  }
  return name === word ? "true" : "false";
}

function accountIs(word: string, { user, uid, euid, event }: Seen): Answer {
  if (!isKnown(user)) return "unknown";
  if (user === word) return "true";
  if (word === "root" && system(event) !== "Windows" && (uid === "0" || euid === "0")) return "unknown";
  if (user === "CORP\\Bob" && word === "Bob") return "unknown";
  return "false";
}

function pathMatches(pattern: string, path: string | undefined): Answer {
  if (!isKnown(path)) return "unknown";
  const expressions: Readonly<Record<string, RegExp>> = {
    "/usr/bin/*": /^\/usr\/bin\/[^/]+$/,
    "/opt/**": /^\/opt\//,
    "/tmp/*": /^\/tmp\/[^/]+$/,
    "**/run": /(?:^|\/)run$/,
  };
  return expressions[pattern]?.test(path) ? "true" : "false";
}

/** Undefined where some sighting has neither name nor path. */
function kindsOf(sightings: readonly Seen[]): string[] | undefined {
  const kinds = new Set<string>();
  for (const { name, path } of sightings) {
    const names = [...(isKnown(name) ? [name] : []), ...(isKnown(path) ? [path.split("/").pop() ?? ""] : [])];
    if (names.length === 0) return undefined;
    for (const one of names) kinds.add(one === "python3" ? "interpreter" : one === "bash" ? "shell" : "other");
  }
  return kinds.size === 0 ? undefined : [...kinds];
}

const idOf = ({ hostId, resourceInfo }: ObservedEvent): string | undefined =>
  [hostId, resourceInfo?.hostId].find((id) => isKnown(id));

// P30, for the names and addresses of arbitrary.ts
function serversOf(sightings: readonly Seen[]): number {
  const all = sightings.map(({ event }) => ({
    id: idOf(event),
    name: [event.hostName, event.resourceInfo?.hostName]
      .filter((one) => one !== undefined)
      .sort()
      .filter(isKnown)[0],
    addresses: [event.privateIp, event.publicIp, event.resourceInfo?.hostIp].filter(isKnown),
  }));
  const whole = all.filter(
    ({ id, name, addresses }) => id !== undefined && (name !== undefined || addresses.length > 0),
  );
  if (whole.length === 0) {
    const names = new Map<string, Set<string>>();
    for (const { name, addresses } of all) {
      if (name !== undefined) names.set(name, new Set([...(names.get(name) ?? []), ...addresses]));
    }
    for (let before = 0; before !== names.size;) {
      before = names.size;
      for (const [name, own] of names)
        for (const [other, others] of names)
          if (name < other && [...own].some((one) => others.has(one))) {
            names.set(name, new Set([...own, ...others]));
            names.delete(other);
          }
    }
    const addresses = new Set(all.map((one) => [...one.addresses].sort()[0]).filter((one) => one !== undefined));
    const ids = new Set(all.map(({ id }) => id).filter((id) => id !== undefined));
    return names.size > 0 ? names.size : addresses.size > 0 ? addresses.size : ids.size;
  }
  const mayBeOne = (a: (typeof whole)[number], b: (typeof whole)[number]): boolean => {
    if (a.id === b.id) return true;
    if (a.name !== undefined && b.name !== undefined && a.name !== b.name) return false;
    const isDisjoint =
      a.addresses.length > 0 && b.addresses.length > 0 && !a.addresses.some((one) => b.addresses.includes(one));
    return !isDisjoint;
  };
  const left = new Set(whole);
  let groups = 0;
  for (const first of left) {
    groups += 1;
    const group = [first];
    left.delete(first);
    for (const one of group) {
      for (const other of [...left].filter((candidate) => mayBeOne(one, candidate))) {
        left.delete(other);
        group.push(other);
      }
    }
  }
  return groups;
}
