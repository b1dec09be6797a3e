import type { Host } from "./fleet.js";
import { fleet } from "./fleet.js";
import type { IndexedEvents } from "./indexed.js";
import { unchanging, type WireObject } from "./json.js";
import type { Program } from "./programs.js";
import { LongTail, programs } from "./programs.js";
import { Dice, hex } from "./random.js";
import type { EventQuery, HandleMethod, WireEvent } from "./wire.js";
import { DAY_MS, midnight } from "./wire.js";

/**
 * The events span 29 days up to the start of the current UTC day, not 30: so the whole set lies within the last 30 days at
 * any hour of the day, and a client that turns "30 days" into windows counted back from now sees as many as `last_days=30`.
 */
const SPAN_DAYS = 29;

const INT64_MAX = 9_223_372_036_854_775_807n;
/** Some 50 MB. */
const KEPT = 10_000;
/** The smallest integer that a double can't hold. */
const PAST_DOUBLE = 9_007_199_254_740_993n;
const NO_ID = 4_294_967_295;

export interface GeneratedOptions {
  events: number;
  seed: string;
  now: () => number;
  enterpriseProjects: readonly string[];
  processListName: "process_info" | "process_info_list" | "mixed";
  /** Also uids past int32 in fields documented as int32, as Linux has them: the vendor's typed clients then fail. */
  integersPastDocumentedRange: boolean;
}

// One number for each decision about an event.
const enum Salt {
  Time,
  Host,
  Program,
  Build,
  Handled,
  HandleDelay,
  Severity,
  Hash,
  Masked,
  Pid,
  Started,
  User,
  ListName,
  Odd,
  Sparse,
  Id,
  Parent,
  Child,
}

/** The same events for the same seed, each computed from its index alone. Index 0 is the newest. */
export class GeneratedEvents implements IndexedEvents {
  readonly ordered = true;
  readonly count: number;
  private readonly dice: Dice;
  private readonly projectId: string;
  private readonly hosts: LongTail<Host>;
  private readonly programs: Record<Host["osType"], LongTail<Program>>;
  /** A month is often read twice, as by a preview and the update after it. */
  private readonly made = new Map<number, WireEvent>();
  private madeOn = NaN;

  constructor(private readonly options: GeneratedOptions) {
    this.count = options.events;
    this.dice = new Dice(options.seed);
    this.projectId = this.dice.digest("md5", "project");
    this.hosts = new LongTail(nonEmpty(fleet(this.dice, options.enterpriseProjects)));
    this.programs = {
      Linux: new LongTail(nonEmpty(programs(this.dice, "Linux"))),
      Windows: new LongTail(nonEmpty(programs(this.dice, "Windows"))),
    };
  }

  /** Milliseconds, never later than that of the index before; busy at noon, quiet at night. */
  time(index: number): number {
    const age = ((index + 0.9 * this.dice.fraction(index, Salt.Time)) / Math.max(this.count, 1)) * SPAN_DAYS;
    const day = Math.floor(age);
    const hour = age - day;
    const warped = hour + (0.6 * Math.sin(2 * Math.PI * hour)) / (2 * Math.PI);
    return midnight(this.options.now()) - 1 - Math.floor((day + warped) * DAY_MS);
  }

  id(index: number): string {
    const more = this.dice.integer(index, Salt.Id);
    return `${hex(this.dice.unique(index), 8)}-${hex(more, 4)}-11ef-${hex(0x9000 + ((more >>> 16) & 0xfff), 4)}-fa163e${hex(more >>> 8, 6)}`;
  }

  handled(index: number): boolean {
    return this.methodFor(index) !== undefined;
  }

  belongs(index: number, query: EventQuery): boolean {
    const host = this.hostFor(index);
    return (
      (query.enterpriseProjectId === "all_granted_eps" || host.enterpriseProjectId === query.enterpriseProjectId) &&
      (query.hostName === undefined || host.name === query.hostName) &&
      (query.hostIp === undefined || host.privateIp === query.hostIp || host.publicIp === query.hostIp) &&
      (query.privateIp === undefined || host.privateIp === query.privateIp)
    );
  }

  everyoneBelongs(query: EventQuery): boolean {
    const allProjects =
      query.enterpriseProjectId === "all_granted_eps" ||
      (query.enterpriseProjectId === "0" && this.options.enterpriseProjects.every((project) => project === "0"));
    return allProjects && !query.hostName && !query.hostIp && !query.privateIp;
  }

  at(index: number): WireEvent {
    const day = midnight(this.options.now());
    if (day !== this.madeOn || this.made.size >= KEPT) {
      this.made.clear();
      this.madeOn = day;
    }
    const known = this.made.get(index);
    if (known) return known;
    const event = unchanging(this.make(index));
    this.made.set(index, event);
    return event;
  }

  private make(index: number): WireEvent {
    const host = this.hostFor(index);
    const program = this.programFor(index, host);
    const method = this.methodFor(index);
    const occurred = this.time(index);
    // Half of the agents send little more than the vendor's example shows.
    const sparse = this.dice.fraction(index, Salt.Sparse) < 0.3;
    const malicious = program.kind === "malicious";
    const odd = this.dice.below(400, index, Salt.Odd);
    const event: WireEvent = {
      event_id: this.id(index),
      event_class_id: odd === 1 ? "appwl_2007" : "appwl_1001",
      event_type: 3040,
      event_name: malicious
        ? "white list alert malicious process"
        : sparse
          ? "Untrusted process running"
          : "white list alert suspicious process",
      severity: this.dice.pick(program.severities, index, Salt.Severity),
      host_id: host.id,
      attack_phase: odd === 2 ? "lateral_movement" : malicious ? "installation" : "exploit",
      attack_tag: odd === 3 ? "to_be_classified" : malicious ? "attack_success" : "abnormal_behavior",
      occur_time: occurred,
      handle_status: method ? "handled" : "unhandled",
      operate_accept_list: ["add_to_app_whitelist"],
    };
    if (method) {
      event.handle_time = this.handleTime(index, occurred);
      event.handle_method = method;
    }
    if (!sparse) {
      Object.assign(event, {
        host_name: host.name,
        private_ip: host.privateIp,
        public_ip: host.publicIp,
        os_type: host.osType,
        policy_id: `${host.id.slice(0, 8)}-policy`,
        policy_name: host.osType === "Linux" ? "linux-servers" : "windows-servers",
        recommendation: malicious ? "Isolate the file and find out how it came here." : undefined,
        asset_value: host.assetValue,
        host_status: odd === 4 ? "MIGRATING" : "ACTIVE",
        agent_status: odd === 5 ? "upgrading" : "online",
        protect_status: "opened",
      });
    }
    const hashes = this.hashesFor(index, host, program);
    const pid = odd === 6 ? 0 : 300 + this.dice.below(32_000, index, Salt.Pid);
    event.operate_detail_list = [
      { agent_id: host.agentId, process_pid: pid, file_hash: hashes.detail, file_path: program.path },
    ];
    event.resource_info = this.resource(host);
    const list = [this.process(index, host, program, pid, occurred, hashes, odd)];
    event[this.listName(index)] = list;
    return event;
  }

  private hostFor(index: number): Host {
    return this.hosts.at(this.dice.fraction(index, Salt.Host));
  }

  private programFor(index: number, host: Host): Program {
    const program = this.programs[host.osType].at(this.dice.fraction(index, Salt.Program));
    // What builds and package hooks leave behind: a file that is seen once and never again.
    if (program.kind === "inhouse" && this.dice.fraction(index, Salt.Build) < 0.12) {
      const name = `build-${hex(this.dice.unique(index), 8)}`;
      const path = host.osType === "Linux" ? `/tmp/build/${name}` : `C:\\Windows\\Temp\\${name}`;
      const digest = (algorithm: "sha256" | "sha1" | "md5"): string => this.dice.digest(algorithm, name);
      const hashes = { sha256: digest("sha256"), sha1: digest("sha1"), md5: digest("md5") };
      return { ...program, name, path, commandLine: path, hashes, verdict: undefined };
    }
    return program;
  }

  private methodFor(index: number): HandleMethod | undefined {
    if (this.dice.fraction(index, Salt.Handled) >= 0.7) return undefined;
    const host = this.hostFor(index);
    const program = this.programs[host.osType].at(this.dice.fraction(index, Salt.Program));
    const built = program.kind === "inhouse" && this.dice.fraction(index, Salt.Build) < 0.12;
    return built ? undefined : program.verdict;
  }

  private handleTime(index: number, occurred: number): number {
    const delay = 60_000 + this.dice.below(2 * DAY_MS, index, Salt.HandleDelay);
    return Math.min(occurred + delay, midnight(this.options.now()) - 1);
  }

  /** Where the hash of the file stands in this event, and in which shape. */
  private hashesFor(index: number, host: Host, program: Program): { process?: string; file?: string; detail?: string } {
    const hash = program.hashes[host.hashAlgorithm];
    const chance = this.dice.fraction(index, Salt.Hash);
    if (chance < 0.6) return { process: hash, file: hash };
    if (chance < 0.75) return { file: hash };
    if (chance < 0.88) return { process: hash };
    if (chance < 0.95) return { detail: hash };
    // The vendor's own example masks its hash like this (55 characters).
    if (chance < 0.98) return { file: `${hash.slice(0, 10)}****${hash.slice(14, 31)}****${hash.slice(33, 53)}` };
    return {};
  }

  private resource(host: Host): WireObject {
    return {
      project_id: this.projectId,
      enterprise_project_id: host.enterpriseProjectId,
      region_name: "cn-north-7",
      host_name: host.name,
      host_ip: host.privateIp,
      public_ip: host.publicIp,
      host_id: host.id,
      asset_value: host.assetValue,
      cloud_id: host.cloudId,
      vm_name: host.name,
      vm_uuid: host.id,
      os_type: host.osType,
      os_name: host.osName,
      os_version: host.osVersion,
    };
  }

  private process(
    index: number,
    host: Host,
    program: Program,
    pid: number,
    occurred: number,
    hashes: { process?: string; file?: string },
    odd: number,
  ): WireObject {
    const linux = host.osType === "Linux";
    // Seconds, unlike occur_time: so in the vendor's example.
    const started = Math.floor(occurred / 1000) - this.dice.below(90 * 86_400, index, Salt.Started);
    const process: WireObject = {
      process_name: program.name,
      process_path: program.path,
      process_pid: pid,
      process_uid: linux ? this.dice.pick([0, 0, 1000, 1001, 65_534], index, Salt.User) : undefined,
      process_username: linux
        ? this.dice.pick(["root", "root", "sample", "deploy", "nobody"], index, Salt.User)
        : "SYSTEM",
      process_cmdline: program.commandLine,
      process_filename: program.name,
      process_start_time: odd === 7 ? INT64_MAX : odd === 8 ? PAST_DOUBLE : started,
      process_hash: hashes.process,
      process_file_hash: hashes.file,
    };
    if (linux && this.dice.fraction(index, Salt.Parent) < 0.8) {
      Object.assign(process, {
        process_gid: process.process_uid,
        process_egid: process.process_uid,
        process_euid: odd === 9 ? INT64_MAX : odd < 13 && odd > 9 ? NO_ID : process.process_uid,
        parent_process_name: "systemd",
        parent_process_path: "/usr/lib/systemd/systemd",
        parent_process_pid: 1,
        parent_process_uid: 0,
        // 66 characters where the document allows 64: from the vendor's example.
        parent_process_cmdline: "/usr/lib/systemd/systemd --switched-root --system --deserialize 16",
        parent_process_filename: "systemd",
        parent_process_start_time: started - 60,
      });
    }
    if (this.options.integersPastDocumentedRange && odd > 12 && odd < 17) process.process_uid = NO_ID;
    if (this.dice.fraction(index, Salt.Child) < 0.1) {
      Object.assign(process, {
        child_process_name: "sh",
        child_process_path: "/usr/bin/sh",
        child_process_pid: pid + 1,
        child_process_cmdline: "sh -c true",
        child_process_start_time: started + 1,
        session_id: 1 + this.dice.below(900, index, Salt.Pid),
      });
    }
    return process;
  }

  private listName(index: number): "process_info" | "process_info_list" {
    const { processListName } = this.options;
    if (processListName !== "mixed") return processListName;
    return this.dice.fraction(index, Salt.ListName) < 0.5 ? "process_info" : "process_info_list";
  }
}

function nonEmpty<T>(list: readonly T[]): readonly [T, ...T[]] {
  const [first, ...others] = list;
  if (first === undefined) throw new Error("an empty list");
  return [first, ...others];
}
