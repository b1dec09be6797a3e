import { plural } from "../text.js";
import { dayMs } from "../time.js";
import { conditionsOf, type Condition, type Facts } from "./conditions.js";
import type { Kind } from "./kinds.js";
import type { Dossier } from "./knowledge.js";
import type { FileSighting, ObservedFile, ObservedPlace, Seen } from "./observe.js";
import type { Outcome } from "./outcome.js";
import type { ObservedProcess } from "./process.js";
import { bestReview, hasExpired, isReasoned, reviewsByHash, reviewText } from "./review.js";
import type { ReviewedHash, RuleEntry } from "./rule.js";
import { countServers } from "./servers.js";
import { severities, severityRank } from "./severity.js";
import { descriptorOf, placementsOf } from "./summary.js";

/** What an entry says of a hash or of a file. */
export interface Answer {
  /** For `select` only `yes` counts, for `exclude` everything but `no`. */
  readonly outcome: Outcome;
  /** One line, with the entry's place in the rule. */
  readonly text: string;
  /** The review by which a `select` entry admits. */
  readonly review?: ReviewedHash;
  /** Where the sightings that a `select` entry admits by stood. */
  readonly targets?: Targets;
  readonly entry?: RuleEntry;
}

export interface Targets {
  readonly policyIds: readonly string[];
  /** As JSON, ordered. */
  readonly placements: readonly string[];
}

/** A `select` or `exclude` entry, ready to be asked about many files. */
export class CompiledEntry {
  readonly label: string;
  private readonly conditions: readonly Condition[];
  private readonly ofEvent: readonly Condition[];
  private readonly ofPlace: readonly Condition[];
  private readonly reviews: ReadonlyMap<string, readonly ReviewedHash[]> | undefined;

  constructor(
    readonly entry: RuleEntry,
    private readonly purpose: "select" | "exclude",
    index: number,
    private readonly now: number,
  ) {
    this.label = `${purpose}[${index}]`;
    this.conditions = conditionsOf(entry, purpose);
    const isOfPlace = ({ name }: Condition) => name === "hostNames" || name === "hostIps" || name === "policyIds";
    this.ofEvent = this.conditions.filter((condition) => !isOfPlace(condition));
    this.ofPlace = this.conditions.filter(isOfPlace);
    this.reviews = entry.hashes && reviewsByHash(entry.hashes);
  }

  /** A review that says why, and nothing else: it needs no sighting. */
  private get isPlainReview(): boolean {
    return Object.entries(this.entry).every(([name, value]) => name === "hashes" || value === undefined);
  }

  /** Whether it admits the hash: by its own sightings, and what is known of the whole file. */
  select(
    hash: string,
    together: ReadonlySet<string>,
    dossier: Dossier,
    observed: ObservedFile | ObservedProcess | undefined,
  ): Answer {
    const fails: string[] = [];
    const holds: string[] = [];
    const say = (isTrue: boolean, text: string) => (isTrue ? holds : fails).push(text);
    const review = this.reviews && this.reviewOf(hash, together, say);
    if (review && isReasoned(review) && this.isPlainReview) return { ...this.yes(holds), review };
    this.askFile(dossier, say);
    let targets: Targets | undefined;
    if (observed === undefined) fails.push("no event that counts reports it");
    else if ("sightings" in observed) targets = this.askSightings(observed, say);
    else this.askLists(observed, say);
    if (fails.length > 0) return { outcome: "no", text: `${this.label} does not hold: ${fails.join(", ")}` };
    return { ...this.yes(holds), ...(review && { review }), ...(targets && { targets }) };
  }

  private yes(holds: readonly string[]): Answer {
    return { outcome: "yes", text: `${this.label} holds: ${holds.join(", ")}`, entry: this.entry };
  }

  private reviewOf(
    hash: string,
    together: ReadonlySet<string>,
    say: (isTrue: boolean, text: string) => void,
  ): ReviewedHash | undefined {
    const all = [...together].sort().flatMap((one) => this.reviews?.get(one) ?? []);
    const best = bestReview(all, this.now);
    if (!best) say(false, `hashes: not one of its ${this.entry.hashes?.length ?? 0}`);
    else if (hasExpired(best, this.now)) say(false, `hashes: its review expired (${best.expires ?? ""})`);
    else {
      say(true, `hashes: ${reviewText(best, hash)}`);
      return best;
    }
    return undefined;
  }

  private askFile({ severity, kinds, hasUnknownKind }: Dossier, say: (isTrue: boolean, text: string) => void): void {
    const { maxSeverity, kinds: wanted } = this.entry;
    if (maxSeverity !== undefined) {
      const highest = severity === undefined ? "not known of every event" : (severities[severity] ?? "");
      const isTrue = severity !== undefined && severity <= severityRank(maxSeverity);
      say(isTrue, `maxSeverity ${maxSeverity}: highest is ${highest}`);
    }
    if (wanted) {
      const isTrue = !hasUnknownKind && kinds.size > 0 && [...kinds].every((kind) => wanted.includes(kind));
      say(isTrue, `kinds: ${hasUnknownKind ? "not known of every sighting" : [...kinds].sort().join(" and ")}`);
    }
  }

  /** Conditions of one sighting together, then what is counted over those that meet them. */
  private askSightings(file: ObservedFile, say: (isTrue: boolean, text: string) => void): Targets {
    const found = this.gather([file], (outcome) => outcome === "yes");
    const { first } = found;
    if (first) {
      for (const condition of this.conditions) {
        if (condition.name !== "containers" || this.entry.containers) say(true, textOf(condition, first));
      }
    } else {
      const misses = this.conditions.filter((condition) => !this.some(file, condition));
      for (const condition of misses) say(false, notMet(condition));
      if (misses.length === 0) say(false, "no sighting meets all of its conditions at once");
    }
    const { minHosts, minEvents, seenWithinDays } = this.entry;
    if (minHosts !== undefined) {
      const count = countServers(found.seen.map(({ place }) => descriptorOf(place)));
      say(count >= minHosts, `minHosts ${minHosts}: ${plural(count, "server")}`);
    }
    if (minEvents !== undefined) {
      say(found.events >= minEvents, `minEvents ${minEvents}: ${plural(found.events, "event")}`);
    }
    if (seenWithinDays !== undefined) {
      const newest = found.seen.reduce(
        (time, { last = -Infinity }) => (last <= this.now && last > time ? last : time),
        -Infinity,
      );
      say(
        this.now - newest <= seenWithinDays * dayMs,
        `seenWithinDays ${seenWithinDays}: last seen ${timeText(newest)}`,
      );
    }
    return { policyIds: [...found.policyIds].sort(), placements: [...found.placements].sort() };
  }

  private some(file: ObservedFile, condition: Condition): boolean {
    return file.sightings.some((sighting) =>
      sighting.processes.some((part) =>
        sighting.seen.some(({ place }) => condition.ask({ sighting, part, place }) === "yes"),
      ),
    );
  }

  private askLists(process: ObservedProcess, say: (isTrue: boolean, text: string) => void): void {
    for (const condition of this.conditions) {
      const isTrue = condition.askLists(process) === "yes";
      if (!isTrue) say(false, `${notMet(condition)} in all that is listed`);
      else if (condition.name !== "containers" || this.entry.containers)
        say(true, `${condition.name}: ${condition.wanted}`);
    }
    const { minHosts, minEvents, seenWithinDays } = this.entry;
    const { hostCount, eventCount, lastSeen } = process;
    if (minHosts !== undefined) say(hostCount >= minHosts, `minHosts ${minHosts}: ${plural(hostCount, "server")}`);
    if (minEvents !== undefined) say(eventCount >= minEvents, `minEvents ${minEvents}: ${plural(eventCount, "event")}`);
    if (seenWithinDays !== undefined) {
      const age = this.now - Date.parse(lastSeen ?? "");
      say(
        age >= 0 && age <= seenWithinDays * dayMs,
        `seenWithinDays ${seenWithinDays}: last seen ${lastSeen ?? "at an unknown time"}`,
      );
    }
  }

  /** Whether it holds for a file, or can't be ruled out. */
  exclude(dossier: Dossier): Answer {
    const texts: string[] = [];
    let outcome: Outcome = "yes";
    const { hashes, kinds } = this.entry;
    if (hashes) {
      const all = dossier.hashes.flatMap((hash) => this.reviews?.get(hash) ?? []);
      const best = bestReview(all, this.now);
      if (!best) return no;
      texts.push(`hashes: ${reviewText(best, dossier.hashes[0] ?? "")}`);
    }
    if (kinds) {
      const kind = kinds.find((one) => dossier.kinds.has(one as Kind));
      if (kind === undefined && !dossier.hasUnknownKind) return no;
      if (kind === undefined) outcome = "unknown";
      texts.push(kind === undefined ? "kinds: not known of every sighting" : `kinds: ${kind}`);
    }
    const { minHosts, minEvents, seenWithinDays } = this.entry;
    const counts = [minHosts, minEvents, seenWithinDays].some((count) => count !== undefined);
    if (this.conditions.length > 0 || counts) {
      const found = this.possible(dossier);
      if (!found) return no;
      if (found.outcome === "unknown") outcome = "unknown";
      texts.push(...found.texts);
    }
    const verb = outcome === "yes" ? "holds" : "can't be ruled out";
    return { outcome, text: `${this.label} ${verb}: ${texts.join(", ")}` };
  }

  /** By events if there are any that could meet it, else by lists. */
  private possible({ files, lists }: Dossier): { outcome: Outcome; texts: string[] } | undefined {
    const found = this.gather(files, (outcome) => outcome !== "no");
    const { minHosts = 0, minEvents = 0, seenWithinDays } = this.entry;
    if (found.first) {
      const { first, seen } = found;
      const isRecent = ({ last, undated }: Seen) =>
        undated === true || last === undefined || this.now - last <= (seenWithinDays ?? Infinity) * dayMs;
      if (possibleServers(seen) >= minHosts && found.events >= minEvents && seen.some(isRecent)) {
        const outcomes = this.conditions.map((condition) => condition.ask(first));
        return {
          outcome: outcomes.every((outcome) => outcome === "yes") ? "yes" : "unknown",
          texts: [...this.conditions.map((condition) => textOf(condition, first)), ...countTexts(this.entry)],
        };
      }
    }
    for (const process of lists) {
      const outcomes = this.conditions.map((condition) => condition.askLists(process));
      const age = this.now - Date.parse(process.lastSeen ?? "");
      const isRecent = seenWithinDays === undefined || !(age > seenWithinDays * dayMs);
      if (outcomes.includes("no") || process.hostCount < minHosts || process.eventCount < minEvents || !isRecent)
        continue;
      return {
        outcome: outcomes.every((outcome) => outcome === "yes") ? "yes" : "unknown",
        texts: [...this.conditions.map(({ name, wanted }) => `${name}: ${wanted}`), ...countTexts(this.entry)],
      };
    }
    return undefined;
  }

  /** The sightings whose answers to all conditions are accepted. */
  private gather(files: readonly ObservedFile[], accepts: (outcome: Outcome) => boolean): Gathered {
    const found: Gathered = { first: undefined, events: 0, seen: [], policyIds: new Set(), placements: new Set() };
    for (const { sightings } of files) for (const sighting of sightings) this.gatherFrom(sighting, accepts, found);
    return found;
  }

  private gatherFrom(sighting: FileSighting, accepts: (outcome: Outcome) => boolean, found: Gathered): void {
    const parts = sighting.processes.filter((part) =>
      this.ofEvent.every((condition) => accepts(condition.ask({ sighting, part, place: nowhere }))),
    );
    const [part] = parts;
    if (!part) return;
    for (const seen of sighting.seen) {
      const { place } = seen;
      const facts = { sighting, part, place };
      if (!this.ofPlace.every((condition) => accepts(condition.ask(facts)))) continue;
      // an answer that is certain says more than one that is not
      if (!found.first || (this.purpose === "exclude" && !this.isCertain(found.first) && this.isCertain(facts))) {
        found.first = facts;
      }
      found.events += seen.events;
      found.seen.push(seen);
      if (this.purpose === "exclude") continue;
      if (place.policyId !== undefined) found.policyIds.add(place.policyId);
      for (const placement of placementsOf({ ...sighting, processes: parts }, place)) found.placements.add(placement);
    }
  }

  private isCertain(facts: Facts): boolean {
    return this.conditions.every((condition) => condition.ask(facts) === "yes");
  }
}

interface Gathered {
  first: Facts | undefined;
  events: number;
  readonly seen: Seen[];
  readonly policyIds: Set<string>;
  readonly placements: Set<string>;
}

const no: Answer = { outcome: "no", text: "" };

const nowhere: ObservedPlace = { hostNames: [], addresses: [] };

const textOf = (condition: Condition, facts: Facts): string => {
  const value = condition.valueOf(facts);
  if (condition.ask(facts) === "unknown") {
    return `${condition.name}: ${value === undefined ? "nothing says whether it is" : `${value} may be`} ${condition.wanted}`;
  }
  if (condition.name === "paths") return `paths: ${value ?? ""} matches ${condition.wanted}`;
  return `${condition.name}: ${value ?? condition.wanted}`;
};

const notMet = ({ name, wanted }: Condition): string =>
  name === "containers"
    ? `containers: not ${wanted === "only" ? "in" : "outside of"} a container`
    : `${name}: not ${wanted}`;

const countTexts = ({ minHosts, minEvents, seenWithinDays }: RuleEntry): string[] => [
  ...(minHosts === undefined ? [] : [`minHosts ${minHosts}`]),
  ...(minEvents === undefined ? [] : [`minEvents ${minEvents}`]),
  ...(seenWithinDays === undefined ? [] : [`seenWithinDays ${seenWithinDays}`]),
];

const timeText = (time: number): string => (time === -Infinity ? "at an unknown time" : new Date(time).toISOString());

/** At most: each id, and each event without one. */
function possibleServers(seen: readonly Seen[]): number {
  const ids = new Set<string>();
  let unnamed = 0;
  for (const { place, events } of seen) {
    const id = place.hostId?.trim().toLowerCase().replaceAll("-", "");
    if (id === undefined || id === "" || id.includes("*")) unnamed += events;
    else ids.add(id);
  }
  return ids.size + unnamed;
}
