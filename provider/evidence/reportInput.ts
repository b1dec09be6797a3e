import type { PolicyEntry } from "../policy/policyEntry.js";
import type { ObservedProcess, WithoutHash } from "../policy/process.js";

/** What a report tells. Equal inputs give equal bytes. */
export interface ReportInput {
  readonly title: string;
  readonly place: {
    readonly project?: string;
    readonly region?: string;
    readonly endpoint?: string;
    readonly enterpriseProject?: string;
  };
  /** RFC 3339. */
  readonly window: { readonly beginTime: string; readonly endTime: string };
  /** RFC 3339; not shown where it is absent. */
  readonly createdAt?: string;
  /** Of this package. */
  readonly version: string;
  /** The events were made up by the emulator. */
  readonly sample: boolean;
  /** The read is shown to be whole. */
  readonly complete: boolean;
  /** Sentences: how the read was shown to be whole, or why it was not. */
  readonly proof: readonly string[];
  /** Events read. */
  readonly events: number;
  /** Events by severity; absent where events were not read. */
  readonly perDay?: readonly DayCounts[];
  readonly processes: readonly ObservedProcess[];
  readonly withoutHash: readonly WithoutHash[];
  readonly policy?: {
    readonly included: readonly PolicyEntry[];
    readonly excluded: readonly PolicyEntry[];
    /** Those among `excluded` that the rule allows and the format can't express. */
    readonly notExpressible: number;
    readonly summary: string;
    readonly warnings: readonly string[];
  };
  /** Since the snapshot before; absent where there is none. */
  readonly changes?: readonly Change[];
  /** Commands, one a line. */
  readonly verify: readonly string[];
}

export interface DayCounts {
  /** `2026-11-30`. */
  readonly day: string;
  readonly counts: Readonly<Record<string, number>>;
}

export interface Change {
  readonly kind: string;
  readonly hash?: string;
  readonly server?: string;
  readonly text: string;
}
