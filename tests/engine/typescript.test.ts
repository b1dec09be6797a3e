import { startFakeService, type FakeServer } from "../support/fakeService.js";
import { plainItems } from "../support/pages.js";
import { linkModules, Project, typescriptProject } from "./harness.js";

const token = "canary-token-ts-77";

describe("a TypeScript program under the real engine", () => {
  let server: FakeServer;
  let other: FakeServer;
  let project: Project;
  const opened: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    server = await startFakeService({
      token,
      items: [
        '{"event_id":"big","occur_time":9223372036854775807,"process_info_list":[{"process_start_time":9007199254740993}]}',
        ...plainItems(449),
      ],
    });
    other = await startFakeService({ token: "other-token", items: plainItems(3) });
    opened.push(server, other);
  });
  afterAll(async () => {
    for (const thing of opened) await thing.close();
  });

  test("in-program and through the plugin, by the default and an explicit provider: the same values", async () => {
    project = await Project.open({
      files: typescriptProject(`
import * as pulumi from "@pulumi/pulumi";
import * as hss from "pulumi-hss";
import { isDeepStrictEqual } from "node:util";

class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: hss.Config) {
    super("hss", name, args);
  }
}

const name = "hss:index:getAppWhitelistEvents";
const inProgram = hss.getAppWhitelistEventsOutput({ lastDays: 30 });
const plugin = pulumi.runtime.invokeOutput<any>(name, { lastDays: 30 });
const provider = new Provider("other", { endpoint: process.env["OTHER"]!, projectId: "own", token: "other-token" });
const explicit = pulumi.runtime.invokeOutput<any>(name, {}, { provider });

export const total = inProgram.totalNum;
export const same = pulumi.all([inProgram.events, plugin]).apply(([a, b]) => isDeepStrictEqual(a, b.events));
export const big = inProgram.events.apply((events) => [events[0]?.occurTime, events[0]?.processInfo?.[0]?.processStartTime]);
export const own = explicit.apply((read) => read.totalNum);
`),
      env: { OTHER: other.url },
    });
    opened.push(project);
    await linkModules(project);
    await project.write({
      "Pulumi.yaml": `name: test
runtime: nodejs
plugins:
  providers:
    - name: hss
      path: ./node_modules/pulumi-hss/provider
`,
    });
    await project.must(["config", "set", "hss:endpoint", server.url]);
    await project.must(["config", "set", "hss:projectId", "p"]);
    await project.must(["config", "set", "--secret", "hss:token", token]);
    await project.up();
    expect(await project.outputs()).toEqual({
      total: 450,
      same: true,
      big: ["9223372036854775807", "9007199254740993"],
      own: 3,
    });
    const { stdout: state } = await project.must(["stack", "export"]);
    for (const secret of [token, "other-token"]) expect(state).not.toContain(secret);
  });

  test("an error is one line without a stack, awaited or as an output", async () => {
    for (const call of [
      "export = async () => ({ read: await hss.getAppWhitelistEvents({ limit: 1000 }) });",
      "export const read = hss.getAppWhitelistEventsOutput({ limit: 1000 });",
    ]) {
      await project.write({ "index.ts": `import * as hss from "pulumi-hss";\n${call}\n` });
      const { code, stdout, stderr } = await project.pulumi(["preview", "--non-interactive"]);
      const lines = (stdout + stderr).split("\n");
      expect(code).not.toBe(0);
      expect(
        lines.filter((line) => line.trim().startsWith("error: getAppWhitelistEvents: invalid arguments: limit:")),
      ).toHaveLength(1);
      expect(lines.filter((line) => /^\s+at |Unhandled|\u001b/.test(line))).toEqual([]);
    }
  });

  test("an argument that a preview can't know makes no call, and the update makes it", async () => {
    await project.write({
      "index.ts": `
import * as pulumi from "@pulumi/pulumi";
import * as hss from "pulumi-hss";

const file = new hss.WhitelistPolicyFile("file", { path: "web-1", content: "x" });
const read = hss.getAppWhitelistEventsOutput({ hostName: file.id });
export const total = read.totalNum;
`,
    });
    const before = server.requests.length;
    await project.preview();
    expect(server.requests.length).toBe(before);
    await project.up();
    expect(server.requests.length).toBeGreaterThan(before);
    expect(server.requests.at(-1)?.url).toMatch(/host_name=[^&]*web-1/);
    expect(await project.outputs()).toEqual({ total: 450 });
    await project.destroy();
  });
});
