import type { Clock } from "../runtime/runtime.js";
import type { SyncReport } from "./sync.js";

/** One that began so recently is enough for whoever asks again. */
const recentMs = 60_000;

/** The syncs of this process: equal ones under way are one, and so are those that follow at once, as in one preview. */
export class RecentSyncs {
  private readonly latest = new WeakMap<object, Map<string, { at: number; report: Promise<SyncReport> }>>();

  constructor(private readonly clock: Clock) {}

  /** `account`: whose events; `key`: which of them, and into which archive. */
  async recent(account: object, key: string, work: () => Promise<SyncReport>): Promise<SyncReport> {
    const ofAccount = this.latest.get(account) ?? new Map<string, { at: number; report: Promise<SyncReport> }>();
    this.latest.set(account, ofAccount);
    const at = this.clock.now();
    const before = ofAccount.get(key);
    if (before && at - before.at < recentMs) {
      // one that failed, or was given up by who asked for it, is none
      const report = await before.report.catch(() => undefined);
      if (report) return { ...report, counts: { ...report.counts, requests: 0 } };
    }
    const report = work();
    ofAccount.set(key, { at, report });
    report.catch(() => ofAccount.delete(key));
    return report;
  }
}
