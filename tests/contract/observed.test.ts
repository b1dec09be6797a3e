import * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { startEmulator, type Emulator } from "../../emulator/index.js";
import { getObservedProcesses } from "../../provider/functions/getObservedProcesses.js";
import { getWhitelistPolicyDocument } from "../../provider/functions/getWhitelistPolicyDocument.js";
import { Session } from "../../provider/session.js";
import { PluginProcess } from "../support/plugin.js";

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, progress: () => undefined };

type Wire = Record<string, unknown>;

/** Every event of the month by plain requests, one page after the other. */
async function allEvents(emulator: Emulator): Promise<Wire[]> {
  const events: Wire[] = [];
  for (;;) {
    const response = await fetch(`${emulator.url}/v5/p/app/event?last_days=30&limit=200&offset=${events.length}`, {
      headers: { "x-auth-token": emulator.token },
    });
    const { data_list: page } = (await response.json()) as { data_list: Wire[] };
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/** Counted anew, from the wire's own names and without any of the project's code. */
function count(events: readonly Wire[]): Map<string, { events: Set<unknown>; hosts: Set<unknown> }> {
  const byHash = new Map<string, { events: Set<unknown>; hosts: Set<unknown> }>();
  for (const event of events) {
    const processes = (event["process_info"] ?? event["process_info_list"] ?? []) as Wire[];
    const details = (event["operate_detail_list"] ?? []) as Wire[];
    const usable = (value: unknown) => typeof value === "string" && /^([0-9a-fA-F]{2}){16,}$/.test(value);
    for (const process of processes) {
      const candidates = [
        process["process_hash"],
        process["process_file_hash"],
        ...details.map((detail) => detail["file_hash"]),
      ];
      const hash = candidates.find(usable);
      if (typeof hash !== "string") continue;
      const entry = byHash.get(hash.toLowerCase()) ?? { events: new Set(), hosts: new Set() };
      byHash.set(hash.toLowerCase(), entry);
      entry.events.add(event["event_id"]);
      entry.hosts.add(event["host_id"] ?? (event["resource_info"] as Wire | undefined)?.["host_id"]);
    }
  }
  return byHash;
}

interface Told {
  totalNum: number;
  complete: boolean;
  processes: { hash: string; eventCount: number; hostCount: number }[];
  withoutHash: { eventCount: number }[];
}

describe("observed processes equal an independent count over all events", () => {
  let emulator: Emulator;
  let expected: ReturnType<typeof count>;

  beforeAll(async () => {
    emulator = await startEmulator();
    expected = count(await allEvents(emulator));
  });
  afterAll(() => emulator.close());

  const config = () => ({
    endpoint: emulator.url,
    projectId: "p",
    accessKey: emulator.accessKey,
    secretKey: emulator.secretKey,
  });

  const check = (told: Told) => {
    expect(told).toMatchObject({ totalNum: 4715, complete: true });
    const got = Object.fromEntries(
      told.processes.map(({ hash, eventCount, hostCount }) => [hash, [eventCount, hostCount]]),
    );
    expect(got).toEqual(
      Object.fromEntries([...expected].map(([hash, { events, hosts }]) => [hash, [events.size, hosts.size]])),
    );
    expect(told.processes.map(({ hash }) => hash)).toEqual(
      [...told.processes]
        .sort((a, b) => b.eventCount - a.eventCount || (a.hash < b.hash ? -1 : 1))
        .map(({ hash }) => hash),
    );
    const counted = [...expected.values()].reduce((sum, { events }) => sum + events.size, 0);
    expect(counted + told.withoutHash.reduce((sum, { eventCount }) => sum + eventCount, 0)).toBe(4715);
  };

  test("in-program", async () => {
    check((await new Session({ log: quiet, env: {} }).call(getObservedProcesses, {}, { config: config() })) as Told);
  });

  test("through the plugin, and its observation makes the document that a query makes in-program", async () => {
    const plugin = await PluginProcess.start();
    const configure = new messages.ConfigureRequest();
    configure.setArgs(Struct.fromJavaScript(config()));
    await plugin.call((client) => client.configure.bind(client) as never, configure);
    const invoke = async (name: string, args: Record<string, JavaScriptValue>) => {
      const request = new messages.InvokeRequest();
      request.setTok(`hss:index:${name}`);
      request.setArgs(Struct.fromJavaScript(args));
      const response = await plugin.call<messages.InvokeRequest, messages.InvokeResponse>(
        (client) => client.invoke.bind(client) as never,
        request,
      );
      expect(response.getFailuresList().map((failure) => failure.getReason())).toEqual([]);
      return response.getReturn()?.toJavaScript() as unknown as Told & { observation: string; sha256: string };
    };
    const told = await invoke("getObservedProcesses", {});
    check(told);
    const rule = { select: [{ handleMethods: ["mark_as_trust"], minHosts: 2 }], format: "fapolicyd" };
    const made = await invoke("getWhitelistPolicyDocument", { ...rule, observation: told.observation });
    await plugin.stop();
    const direct = await new Session({ log: quiet, env: {} }).call(getWhitelistPolicyDocument, rule, {
      config: config(),
    });
    expect(made.sha256).toBe(direct.sha256);
  });
});
