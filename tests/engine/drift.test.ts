import type { Emulator } from "../../emulator/index.js";
import { listedIds, Opened } from "../support/session.js";
import { Project, yamlProject } from "./harness.js";

const program = yamlProject(`variables:
  read:
    fn::invoke:
      function: hss:getAppWhitelistEvents
      arguments: { format: json }
outputs:
  complete: \${read.complete}
  reading: \${read.reading}
  json: \${read.eventsJson}
`);

test("under the real engine, with events that arrive and vanish after every second request: whole, each once", async () => {
  const opened = new Opened();
  try {
    const removed = new Set<string>();
    const inserted = new Set<string>();
    const drifting: { emulator?: Emulator; ids: readonly string[] } = { ids: [] };
    let requests = 0;
    const faults = () => {
      const { emulator, ids } = drifting;
      if (!emulator || ids.length === 0 || ++requests % 2 !== 0) return undefined;
      for (const event of emulator.insert(5)) inserted.add(String(event.event_id));
      const going = [ids[(requests * 7) % ids.length] ?? "", ids[(requests * 397) % ids.length] ?? ""];
      for (const id of going) removed.add(id);
      void emulator.remove(going);
      return undefined;
    };
    const emulator = (drifting.emulator = await opened.emulator({ events: 4715, latencyMs: 5, faults }));
    const ids = await listedIds(emulator);
    const project = await Project.open({ files: program });
    opened.later(() => project.close());
    for (const [key, value] of [
      ["endpoint", emulator.url],
      ["projectId", "project-1"],
      ["accessKey", emulator.accessKey],
    ] as const) {
      await project.must(["config", "set", `hss:${key}`, value]);
    }
    await project.must(["config", "set", "--secret", "hss:secretKey", emulator.secretKey]);
    drifting.ids = ids;
    await project.up();
    drifting.ids = [];
    const { complete, json } = await project.outputs();
    // Pulumi parses a string output that is JSON text before it prints outputs as JSON
    const events = (typeof json === "string" ? JSON.parse(json) : json) as { eventId: string }[];
    const found = new Set(events.map((event) => event.eventId));
    expect(complete).toBe(true);
    expect(found.size).toBe(events.length);
    expect(removed.size).toBeGreaterThan(10);
    // the oldest may leave the last 30 days while the test runs
    expect(ids.slice(0, -1).filter((id) => !found.has(id) && !removed.has(id))).toEqual([]);
    const known = new Set([...ids, ...inserted]);
    expect(events.filter((event) => !known.has(event.eventId))).toEqual([]);
  } finally {
    await opened.close();
  }
});
