import { compileAccount } from "./account.js";
import { documentedStatuses, handlingOf } from "./doubts.js";
import { addressesIn, hostNameOf, withoutDomain } from "./hostSpelling.js";
import type { FileSighting, ObservedPart, ObservedPlace } from "./observe.js";
import { documentedSystems } from "./osType.js";
import { agreed, any, type Outcome } from "./outcome.js";
import { mayBeInContainer } from "./path.js";
import { compilePathPattern } from "./pathPattern.js";
import { isCut, type ObservedProcess } from "./process.js";
import { compileProcessName } from "./processName.js";
import type { ContainerChoice, RuleEntry } from "./rule.js";
import { severities, severityRank } from "./severity.js";
import { isInContainer } from "./summary.js";

/** One process of one event in one place, as conditions ask about it. */
export interface Facts {
  readonly sighting: Omit<FileSighting, "processes" | "seen">;
  readonly part: ObservedPart;
  readonly place: ObservedPlace;
}

/** A condition on a sighting, ready to be asked about many. */
export interface Condition {
  readonly name: ConditionName;
  ask(facts: Facts): Outcome;
  /** The value it is about, for a reason; undefined where there is none. */
  valueOf(facts: Facts): string | undefined;
  /** What it asks for, for a reason. */
  readonly wanted: string;
  /** The answer about lists of which nobody knows what stood together. */
  askLists(process: ObservedProcess): Outcome;
}

export type ConditionName =
  | "handleMethods"
  | "handleStatuses"
  | "severities"
  | "maxSeverity"
  | "osTypes"
  | "policyIds"
  | "hostNames"
  | "hostIps"
  | "names"
  | "users"
  | "paths"
  | "containers";

/** The conditions of an entry that are about one sighting. */
export function conditionsOf(entry: RuleEntry, purpose: "select" | "exclude"): Condition[] {
  const { maxSeverity } = entry;
  const containers = entry.containers ?? (purpose === "select" ? "exclude" : "include");
  return [
    ...of("handleMethods", entry.handleMethods, handling),
    ...of(
      "handleStatuses",
      entry.handleStatuses,
      word(documentedStatuses, ({ sighting }) => sighting.handleStatus),
    ),
    ...of(
      "severities",
      entry.severities,
      word(severities, ({ sighting }) => sighting.severity),
    ),
    ...(maxSeverity !== undefined && purpose === "exclude" ? of("maxSeverity", [maxSeverity], upTo) : []),
    ...of("osTypes", entry.osTypes, operatingSystem),
    ...of(
      "policyIds",
      entry.policyIds,
      word(undefined, ({ place }) => place.policyId),
    ),
    ...of("hostNames", entry.hostNames, hostName),
    ...of("hostIps", entry.hostIps, address),
    ...of("names", entry.names, processName),
    ...of("users", entry.users, account),
    ...of("paths", entry.paths, path),
    ...(containers === "include" ? [] : of("containers", [containers], container)),
  ];
}

/** How a condition of some kind asks: made once for the words of the rule. */
interface Kind {
  compile(wanted: readonly string[]): (facts: Facts) => Outcome;
  valueOf(facts: Facts): string | undefined;
  /** All that decides, for remembering answers: equal keys, equal answers. */
  keyOf(facts: Facts): string;
}

function of(name: ConditionName, wanted: readonly string[] | undefined, kind: Kind): Condition[] {
  if (!wanted) return [];
  const decide = kind.compile(wanted);
  const answers = new Map<string, Outcome>();
  const ask = (facts: Facts): Outcome => {
    const key = kind.keyOf(facts);
    let answer = answers.get(key);
    if (answer === undefined) {
      answer = decide(facts);
      if (answers.size < remembered) answers.set(key, answer);
    }
    return answer;
  };
  const askLists = (process: ObservedProcess) => listOutcome(name, process, ask);
  return [{ name, wanted: fewOf(wanted), valueOf: (facts) => kind.valueOf(facts), ask, askLists }];
}

const remembered = 50_000;

const fewOf = (wanted: readonly string[]): string =>
  wanted.length > 3 ? `one of ${wanted.length} values` : wanted.join(" or ");

const isKnown = (text: string | undefined): text is string =>
  text !== undefined && text.trim() !== "" && !text.includes("*");

function word(documented: readonly string[] | undefined, valueOf: Kind["valueOf"]): Kind {
  return {
    valueOf,
    keyOf: (facts) => keyOf(valueOf(facts)),
    compile: (wanted) => (facts) => {
      const value = valueOf(facts);
      if (!isKnown(value) || (documented && !documented.includes(value))) return "unknown";
      return wanted.includes(value) ? "yes" : "no";
    },
  };
}

const keyOf = (...texts: readonly (string | undefined)[]): string => JSON.stringify(texts);

const handling: Kind = {
  valueOf: ({ sighting }) => sighting.handleMethod,
  keyOf: ({ sighting }) => keyOf(sighting.handleStatus, sighting.handleMethod, sighting.severalProcesses && "several"),
  compile:
    (wanted) =>
    ({ sighting }) => {
      const method = handlingOf(sighting);
      if (method === "none") return "no";
      if (method === "unknown" || sighting.severalProcesses) return "unknown";
      return wanted.includes(method) ? "yes" : "no";
    },
};

const upTo: Kind = {
  ...word(severities, ({ sighting }) => sighting.severity),
  compile:
    ([max = "Critical"]) =>
    ({ sighting: { severity } }) => {
      if (severity === undefined || severityRank(severity) === severities.length) return "unknown";
      return severityRank(severity) <= severityRank(max) ? "yes" : "no";
    },
};

const operatingSystem: Kind = {
  valueOf: ({ sighting }) => sighting.osType,
  keyOf: ({ sighting }) => keyOf(sighting.osType),
  compile:
    (wanted) =>
    ({ sighting: { osType } }) => {
      const system = documentedSystems.find((known) => known.toLowerCase() === osType?.trim().toLowerCase());
      if (system === undefined) return "unknown";
      return wanted.some((text) => text.trim().toLowerCase() === system.toLowerCase()) ? "yes" : "no";
    },
};

const hostName: Kind = {
  valueOf: ({ place }) => place.hostNames[0],
  keyOf: ({ place }) => keyOf(...place.hostNames),
  compile: (wanted) => {
    const accepted = new Set(wanted.map(hostNameOf));
    const accepts = (name: string | undefined) => name !== undefined && accepted.has(name);
    const shortened = new Set([...accepted].map(withoutDomain));
    const ask = (text: string): Outcome => {
      if (!isKnown(text)) return "unknown";
      const name = hostNameOf(text);
      if (accepts(name)) return "yes";
      // a name with its domain and one without may be one server's
      return accepts(withoutDomain(name)) || shortened.has(name) ? "unknown" : "no";
    };
    return ({ place }) => agreed(place.hostNames.map(ask));
  },
};

const address: Kind = {
  valueOf: ({ place }) => place.addresses[0],
  keyOf: ({ place }) => keyOf(...place.addresses),
  compile: (wanted) => {
    const accepted = new Set(wanted.flatMap((text) => addressesIn(text.trim())));
    const ask = (text: string): Outcome => {
      if (!isKnown(text)) return "unknown";
      return addressesIn(text.trim()).some((one) => accepted.has(one)) ? "yes" : "no";
    };
    return ({ place }) => (place.addresses.length === 0 ? "unknown" : any(place.addresses.map(ask)));
  },
};

const processName: Kind = {
  valueOf: ({ part }) => part.name,
  keyOf: ({ part, sighting }) => keyOf(part.name, sighting.osType),
  compile: (wanted) => {
    const names = wanted.map(compileProcessName);
    return ({ part, sighting }) => any(names.map((name) => name.matches(part.name, sighting.osType)));
  },
};

const account: Kind = {
  valueOf: ({ part }) => part.user ?? (part.uid === undefined ? undefined : `uid ${part.uid}`),
  keyOf: ({ part, sighting }) => keyOf(part.user, part.uid, part.euid, sighting.osType),
  compile: (wanted) => {
    const accounts = wanted.map(compileAccount);
    return ({ part: { user, uid, euid }, sighting: { osType } }) =>
      any(accounts.map((one) => one.matches({ user, uid, euid, osType })));
  },
};

const path: Kind = {
  valueOf: ({ part }) => part.path,
  keyOf: ({ part, sighting }) => keyOf(part.path, sighting.osType),
  compile: (wanted) => {
    const patterns = wanted.map(compilePathPattern);
    return ({ part, sighting }) => any(patterns.map((pattern) => pattern.matches(part.path, sighting.osType)));
  },
};

const container: Kind = {
  valueOf: ({ sighting }) => sighting.containerId ?? sighting.podName ?? sighting.imageName,
  keyOf: ({ part, sighting }) => keyOf(isInContainer(sighting) ? "in" : "out", part.path),
  compile: ([choice]) => {
    const inside: Outcome = (choice as ContainerChoice) === "only" ? "yes" : "no";
    return ({ part, sighting }) => {
      if (isInContainer(sighting)) return inside;
      if (part.path !== undefined && mayBeInContainer(part.path)) return "unknown";
      return inside === "yes" ? "no" : "yes";
    };
  },
};

const nowhere: ObservedPlace = { hostNames: [], addresses: [] };

/** Each value of the list by itself, under each system that is listed. */
function listOutcome(name: ConditionName, process: ObservedProcess, ask: (facts: Facts) => Outcome): Outcome {
  const facts = (sighting: Facts["sighting"], part: ObservedPart = {}, place = nowhere) =>
    ask({ sighting, part, place });
  const systems = process.osTypes.length > 0 ? process.osTypes : [undefined];
  const under = (values: readonly string[], field: "name" | "path" | "user") =>
    values.flatMap((value) => systems.map((osType) => facts({ osType }, { [field]: value })));
  const outcomes = ((): Outcome[] => {
    switch (name) {
      case "handleMethods":
        return (process.severalProcessesCount ?? 0) > 0
          ? ["unknown"]
          : process.handleMethods.map((handleMethod) => facts({ handleStatus: "handled", handleMethod }));
      case "handleStatuses":
        return process.handleStatuses.map((handleStatus) => facts({ handleStatus }));
      case "severities":
      case "maxSeverity":
        return process.severities.map((severity) => facts({ severity }));
      case "osTypes":
        return process.osTypes.map((osType) => facts({ osType }));
      case "policyIds":
        return process.policyIds.map((policyId) => facts({}, {}, { ...nowhere, policyId }));
      case "hostNames":
        return process.hostNames.map((host) => facts({}, {}, { ...nowhere, hostNames: [host] }));
      case "hostIps":
        return (process.hostIps ?? []).map((one) => facts({}, {}, { ...nowhere, addresses: [one] }));
      case "names":
        return under(process.names, "name");
      case "users":
        return under(process.users, "user");
      case "paths":
        return under(process.paths, "path");
      case "containers": {
        const { containerEventCount: inside = 0, eventCount, paths } = process;
        const where = paths.length > 0 ? paths : [undefined];
        return [
          ...(inside > 0 ? [facts({ containerId: "known" })] : []),
          ...(inside < eventCount || inside === 0 ? where.map((path) => facts({}, { path })) : []),
        ];
      }
    }
  })();
  const lists: Readonly<Partial<Record<ConditionName, string>>> = { maxSeverity: "severities", containers: "paths" };
  return agreed(isCut(process, lists[name] ?? name) ? [...outcomes, "unknown"] : outcomes);
}
