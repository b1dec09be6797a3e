import { doubtKinds, type Doubts } from "./doubts.js";
import { kindsOf, type Kind } from "./kinds.js";
import type { FileSighting, ObservedFile, ObservedPart, Seen } from "./observe.js";
import { baseNames } from "./path.js";
import { isCut, type ObservedProcess, type WithoutHash } from "./process.js";
import { severities, severityRank } from "./severity.js";
import { Union } from "./union.js";

/** What is known of hashes: from events, or from lists that a program made. */
export interface Evidence {
  readonly processes: readonly ObservedProcess[];
  readonly doubts: ReadonlyMap<string, Partial<Doubts>>;
  readonly together: readonly (readonly string[])[];
  readonly withoutHash?: readonly WithoutHash[];
  /** Absent: nobody knows what stood together. */
  fileOf?(hash: string): ObservedFile | undefined;
}

/** Everything that is known of one file, under all its hashes. */
export interface Dossier {
  /** In ascending order. */
  readonly hashes: readonly string[];
  readonly files: readonly ObservedFile[];
  /** Lists of a program, of which nobody knows what stood together. */
  readonly lists: readonly ObservedProcess[];
  readonly doubts: Doubts;
  readonly kinds: ReadonlySet<Kind>;
  /** Some sighting has neither name nor path. */
  readonly hasUnknownKind: boolean;
  /** Rank of the highest severity; undefined if some sighting has none that the API documents. */
  readonly severity: number | undefined;
}

/** Joins what several reads say of one file under several hashes. */
export class Knowledge {
  private readonly union = new Union();
  private readonly members = new Map<string, string[]>();
  private readonly namedTogether = new Map<string, Set<string>>();
  private readonly lists = new Map<string, ObservedProcess>();
  private readonly kinds = new Map<string, ReadonlySet<Kind> | undefined>();
  private last: { readonly root: string; readonly dossier: Dossier } | undefined;

  constructor(private readonly evidence: readonly Evidence[]) {
    for (const { together, fileOf, processes } of evidence) {
      for (const group of together) {
        for (const hash of group) {
          this.union.join(hash, group[0] as string);
          const known = this.namedTogether.get(hash) ?? new Set();
          for (const other of group) known.add(other);
          this.namedTogether.set(hash, known);
        }
      }
      if (!fileOf) for (const process of processes) this.lists.set(process.hash, process);
    }
    for (const [hash, root] of this.union.members()) {
      const known = this.members.get(root);
      if (known) known.push(hash);
      else this.members.set(root, [hash]);
    }
  }

  /** The hash, and those that one event names together with it. */
  together(hash: string): ReadonlySet<string> {
    return this.namedTogether.get(hash) ?? new Set([hash]);
  }

  /** One for all hashes of a file: what is asked about them together is best asked one after the other. */
  rootOf(hash: string): string {
    return this.union.rootOf(hash);
  }

  dossierOf(hash: string): Dossier {
    const root = this.rootOf(hash);
    if (this.last?.root === root) return this.last.dossier;
    const hashes = [root, ...(this.members.get(root) ?? []).filter((member) => member !== root)].sort();
    const files = hashes.flatMap((one) => merged(this.evidence.flatMap(({ fileOf }) => fileOf?.(one) ?? [])));
    const lists = hashes.flatMap((one) => this.lists.get(one) ?? []);
    const dossier = {
      ...{ hashes, files, lists, doubts: this.doubtsOf(hashes) },
      ...{ ...this.kindsIn(files, lists), severity: severityIn(files, lists) },
    };
    this.last = { root, dossier };
    return dossier;
  }

  /** Several reads may have seen the same events: of each hash the one that saw most of them counts. */
  private doubtsOf(hashes: readonly string[]): Doubts {
    const most = (kind: keyof Doubts) => {
      let count = 0;
      for (const hash of hashes) {
        for (const { doubts } of this.evidence) count = Math.max(count, doubts.get(hash)?.[kind] ?? 0);
      }
      return count;
    };
    return Object.fromEntries(doubtKinds.map((kind) => [kind, most(kind)])) as unknown as Doubts;
  }

  private kindsIn(files: readonly ObservedFile[], lists: readonly ObservedProcess[]) {
    const kinds = new Set<Kind>();
    let hasUnknownKind = false;
    const note = (part: ObservedPart, osType: string | undefined) => {
      const found = this.kindsOfPart(part, osType);
      if (!found) hasUnknownKind = true;
      else for (const kind of found) kinds.add(kind);
    };
    for (const { sightings } of files) {
      for (const { processes, osType } of sightings) for (const part of processes) note(part, osType);
    }
    for (const list of lists) {
      const { names, paths } = list;
      for (const name of names) note({ name }, undefined);
      for (const path of paths) note({ path }, undefined);
      if (names.length + paths.length === 0 || isCut(list, "names") || isCut(list, "paths")) hasUnknownKind = true;
    }
    return { kinds, hasUnknownKind };
  }

  /** Undefined where neither name nor path tells. */
  private kindsOfPart({ name, path }: ObservedPart, osType: string | undefined): ReadonlySet<Kind> | undefined {
    const key = JSON.stringify([name, path, osType]);
    if (this.kinds.has(key)) return this.kinds.get(key);
    const names = [
      ...(name === undefined ? [] : [name]),
      ...(path === undefined ? [] : (baseNames(path, osType) ?? [])),
    ];
    const known = names.filter((one) => !one.includes("*"));
    const found = known.length === 0 ? undefined : kindsOf(known);
    if (this.kinds.size < remembered) this.kinds.set(key, found);
    return found;
  }
}

const remembered = 50_000;

/** What several reads say of one hash; of events that both saw, once. */
function merged(files: readonly ObservedFile[]): readonly ObservedFile[] {
  const [first, ...others] = files;
  if (!first || others.length === 0) return files;
  const sightings = new Map<string, { sighting: FileSighting; seen: Map<string, Seen> }>();
  for (const { seen, ...sighting } of files.flatMap((file) => file.sightings)) {
    const key = JSON.stringify(sighting);
    const known = sightings.get(key) ?? { sighting: { ...sighting, seen }, seen: new Map<string, Seen>() };
    sightings.set(key, known);
    for (const one of seen) {
      const place = JSON.stringify(one.place);
      const other = known.seen.get(place);
      known.seen.set(place, other ? joined(one, other) : one);
    }
  }
  return [
    {
      ...first,
      sightings: [...sightings.values()].map(({ sighting, seen }) => ({ ...sighting, seen: [...seen.values()] })),
    },
  ];
}

function joined(a: Seen, b: Seen): Seen {
  const last = Math.max(a.last ?? -Infinity, b.last ?? -Infinity);
  return {
    place: a.place,
    events: Math.max(a.events, b.events),
    ...(last > -Infinity && { last }),
    ...((a.undated ?? b.undated) && { undated: true }),
  };
}

function severityIn(files: readonly ObservedFile[], lists: readonly ObservedProcess[]): number | undefined {
  const words = [
    ...files.flatMap(({ sightings }) => sightings.map(({ severity }) => severity)),
    ...lists.flatMap(({ severities: given, highestSeverity, truncated = [] }) => [
      ...given,
      ...(highestSeverity !== undefined || given.length === 0 || truncated.includes("severities")
        ? [highestSeverity]
        : []),
    ]),
  ];
  const ranks = words.map((word) => (word === undefined ? severities.length : severityRank(word)));
  return ranks.length === 0 || ranks.includes(severities.length) ? undefined : ranks.reduce((a, b) => Math.max(a, b));
}
