import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { archiveSync } from "../../../provider/evidence/archiveSync.js";
import { archiveVerify } from "../../../provider/evidence/archiveVerify.js";
import { getAppWhitelistEvents } from "../../../provider/functions/getAppWhitelistEvents.js";
import { EventService, type WireEvent } from "../../support/eventService.js";
import { seeded } from "../../support/session.js";

/** `ARCHIVE_WORLDS` for more. */
const worlds = Number(process.env["ARCHIVE_WORLDS"] ?? 2);
const dayMs = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 0, 1, 12);

test.each(Array.from({ length: worlds }, (_, seed) => seed))(
  "after days of arrivals and handling, whatever ids events have, the archive answers what the service shows (%i)",
  async (seed) => {
    const random = seeded(seed + 1);
    const of = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const archive = mkdtempSync(path.join(tmpdir(), "hss-worlds-"));
    let now = start;
    let serial = 0;
    const ids = of([["unique"], ["unique", "masked"], ["none", "unique"], ["same", "unique"], ["masked"], ["none"]]);
    const idOf: Readonly<Record<string, (n: number) => string>> = {
      unique: (n) => `e${n}`,
      masked: () => "******",
      same: () => "same",
    };
    const arrival = (): WireEvent => {
      const n = serial++;
      const id = idOf[of(ids)]?.(n);
      const time = of([now - random() * dayMs, now - random() * 25 * dayMs, now - 1000, now - (now % 60_000)]);
      return {
        ...(id !== undefined && { event_id: id }),
        ...{ event_name: "untrusted process running", handle_status: "unhandled", occur_time: Math.floor(time) },
        ...{ host_name: of(["a", "b\nc", "\u202eevil", "名"]), private_ip: "10.0.0.1", os_type: "Linux" },
        process_info: [
          {
            ...{ process_name: `p${n % 7}`, process_path: of(["/x", `/y\n${n}`, "/z\ud800"]), process_pid: n },
            process_hash: "ab".repeat(32),
          },
        ],
        ...(random() < 0.1 && { constructor: "c", unheard_of: { n } }),
      };
    };
    const unhandled = (event: WireEvent): WireEvent => ({
      ...event,
      ...{ handle_status: "unhandled", handle_method: undefined, handle_time: undefined },
    });
    const handled = (event: WireEvent): WireEvent => ({
      ...event,
      ...{ handle_status: "handled", handle_time: now, handle_method: of(["mark_as_trust", "isolate_and_kill"]) },
    });
    const other = (event: WireEvent) => (event["handle_status"] === "handled" ? unhandled(event) : handled(event));
    const service = new EventService([], { now: () => now });
    try {
      for (let day = 0; day < 12; day++) {
        const arrivals = Array.from({ length: Math.floor(random() * 120) }, arrival);
        const events = [...service.events, ...arrivals].map((event) => (random() < 0.03 ? other(event) : event));
        // two change places, and the service's counts stay
        const pair = ["handled", "unhandled"].map((status) =>
          events.findIndex((one) => one["handle_status"] === status),
        );
        if (random() < 0.3) for (const at of pair) if (at >= 0) events[at] = other(events[at] as WireEvent);
        service.events = events;
        await service.ask(archiveSync, { archive, ...(random() < 0.2 && { full: true }) });
        now += Math.floor((0.5 + random()) * dayMs);
      }
      const direct = await service.ask(getAppWhitelistEvents, {});
      const kept = await service.ask(getAppWhitelistEvents, { archive, lastDays: 30 });
      const texts = (list: readonly unknown[]) => list.map((event) => JSON.stringify(event)).sort();
      expect(texts(kept.events)).toEqual(texts(direct.events));
      expect(kept).toMatchObject({ complete: true, totalNum: direct.totalNum });
      const { checks } = await service.ask(archiveVerify, { archive });
      expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    } finally {
      rmSync(archive, { recursive: true });
    }
  },
);
