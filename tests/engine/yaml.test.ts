import { readFileSync } from "node:fs";
import path from "node:path";
import { startFakeService, type FakeServer } from "../support/fakeService.js";
import { plainItems } from "../support/pages.js";
import { checkout, Project, yamlProject } from "./harness.js";

const accessKey = "AKTESTKEYTESTKEY0001";
const secretKey = "canary-secret-key-9f3a7c51";
const token = "canary-token-4be1d2";

/** A YAML program that reads and outputs; `settings` become stack configuration. */
const program = (args: string, outputs: string, more = "") =>
  yamlProject(`${more}variables:
  read:
    fn::invoke:
      function: hss:getAppWhitelistEvents
      arguments: ${args}
outputs:
${outputs}`);

const credentials = ["--secret", "hss:secretKey", secretKey] as const;

async function configure(project: Project, settings: Record<string, string>): Promise<void> {
  for (const [key, value] of Object.entries(settings)) await project.must(["config", "set", `hss:${key}`, value]);
}

describe("the plugin under the real engine, from YAML", () => {
  let server: FakeServer;
  let project: Project;
  const opened: { close(): Promise<void> }[] = [];
  const open = async (files: Record<string, string>, env?: Record<string, string>) => {
    const created = await Project.open({ files, env });
    opened.push(created);
    return created;
  };

  beforeAll(async () => {
    server = await startFakeService({ accessKey, secretKey, token, items: plainItems(4715) });
    opened.push(server);
  });
  afterAll(async () => {
    for (const thing of opened) await thing.close();
  });

  test("a secret setting that is refused is printed nowhere, plain or as a Pulumi secret", async () => {
    const settings = ["accessKey", "secretKey", "securityToken", "token", "password"];
    const canary = (name: string) => `canary-of-${name}-4f9c1e77`;
    const provider = (name: string, value: string) =>
      `  ${name}Provider:\n    type: pulumi:providers:hss\n    properties: { endpoint: "${server.url}", ${name}: ${value} }\n`;
    const forms: readonly ((name: string) => string)[] = [
      (name) => `"${canary(name)}\\n"`,
      (name) => `{ fn::secret: "${canary(name)}\\n" }`,
    ];
    for (const form of forms) {
      for (const name of settings) {
        const refused = await open(yamlProject(`resources:\n${provider(name, form(name))}`));
        const { code, stdout, stderr } = await refused.pulumi(["preview", "--non-interactive"]);
        expect(code).not.toBe(0);
        expect(stdout + stderr).toMatch(new RegExp(`${name}: takes`));
        expect(stdout + stderr).not.toMatch(/canary-of|4f9c1e77/);
      }
    }
  });

  const summary = `  total: \${read.totalNum}
  complete: \${read.complete}
  json: \${read.eventsJson}
`;

  test("4,715 of 4,715 events, each once, signed and by token", async () => {
    project = await open(program("{ format: json }", summary));
    await configure(project, { endpoint: server.url, projectId: "project-1", accessKey });
    await project.must(["config", "set", ...credentials]);
    await project.up();
    const signed = await project.outputs();
    expect(signed).toMatchObject({ total: 4715, complete: true });
    // Pulumi parses a string output that is JSON text before it prints outputs as JSON
    const events = (typeof signed["json"] === "string" ? JSON.parse(signed["json"]) : signed["json"]) as {
      eventId: string;
    }[];
    expect(new Set(events.map((event) => event.eventId)).size).toBe(4715);
    expect(events).toHaveLength(4715);

    await project.must(["config", "rm", "hss:accessKey"]);
    await project.must(["config", "rm", "hss:secretKey"]);
    await project.must(["config", "set", "--secret", "hss:token", token]);
    const before = server.requests.length;
    await project.up();
    expect(await project.outputs()).toEqual(signed);
    expect(server.requests.slice(before).every((request) => request.headers["x-auth-token"] === token)).toBe(true);
  });

  test("the document's example, and integers beyond 2^53, arrive exactly", async () => {
    const example = JSON.parse(readFileSync(path.join(checkout, "tests/fixtures/appEventApiExample.json"), "utf8")) as {
      data_list: unknown[];
    };
    const items = [
      JSON.stringify(example.data_list[0]),
      '{"event_id":"big","occur_time":9223372036854775807,"process_info":[{"process_start_time":9007199254740993,"process_euid":9007199254740993}]}',
    ];
    const exact = await startFakeService({ token, items });
    opened.push(exact);
    const typed = await open(program("{}", "  events: ${read.events}\n"));
    await configure(typed, { endpoint: exact.url, projectId: "project-1" });
    await typed.must(["config", "set", "--secret", "hss:token", token]);
    await typed.up();
    const { events } = (await typed.outputs()) as { events: Record<string, unknown>[] };
    expect(events[0]).toEqual({
      eventId: "big",
      occurTime: "9223372036854775807",
      processInfo: [{ processStartTime: "9007199254740993", processEuid: "9007199254740993" }],
    });
    expect(events[1]).toMatchObject({
      occurTime: "1731385152000",
      processInfo: [
        { processUid: 0, processPid: 1549, processFileHash: "d0364db3f6****d969c4475705d57154df518d0560****21abd34ca" },
      ],
    });
    expect(JSON.stringify(events[1])).not.toMatch(/Gid|Euid|handleTime|hostName":""/);
  });

  test("an explicit provider's own endpoint and keys are used, not the stack's", async () => {
    const other = await startFakeService({
      accessKey: "OTHERKEY",
      secretKey: "other-secret",
      items: plainItems(3),
    });
    opened.push(other);
    const explicit = await open(
      yamlProject(`resources:
  other:
    type: pulumi:providers:hss
    properties: { endpoint: "${other.url}", projectId: own, accessKey: OTHERKEY, secretKey: other-secret }
variables:
  read:
    fn::invoke:
      function: hss:getAppWhitelistEvents
      arguments: {}
      options: { provider: "\${other}" }
  byDefault:
    fn::invoke:
      function: hss:getAppWhitelistEvents
      arguments: { limit: 10 }
outputs:
  own: \${read.totalNum}
  default: \${byDefault.totalNum}
`),
    );
    await configure(explicit, { endpoint: server.url, projectId: "project-1", accessKey });
    await explicit.must(["config", "set", ...credentials]);
    await explicit.up();
    expect(await explicit.outputs()).toEqual({ own: 3, default: 4715 });
    // plain in the program, and yet a secret in the state
    const { stdout: state } = await explicit.must(["stack", "export"]);
    for (const secret of ["other-secret", secretKey]) expect(state).not.toContain(secret);
    expect(other.requests.every((request) => request.url.startsWith("/v5/own/"))).toBe(true);
  });

  test("wrong keys give one line with the service's code, words and request id, and no secret anywhere", async () => {
    const wrong = "canary-wrong-secret-key-77ab";
    const failing = await open(program("{}", summary));
    await configure(failing, { endpoint: server.url, projectId: "project-1", accessKey });
    await failing.must(["config", "set", "--secret", "hss:secretKey", wrong]);
    const run = await failing.pulumi(["up", "--yes", "--skip-preview", "--logtostderr", "-v=3"]);
    expect(run.code).not.toBe(0);
    const line = run.stdout.split("\n").find((text) => text.includes("APIGW.0301"));
    expect(line).toMatch(
      /APIGW\.0301 Incorrect IAM authentication information: verify aksk signature fail \(HTTP 401, request id request-\d+\); check accessKey and secretKey/,
    );
    const { stdout: exported } = await failing.must(["stack", "export"]);
    for (const text of [run.stdout, run.stderr, exported]) {
      expect(text).not.toContain(wrong);
      expect(text).not.toContain("canonicalRequest");
    }
  });

  test("each bad argument gives its own clear error, and no request leaves", async () => {
    const bad = await open(
      program(
        '{ lastDays: 31, beginTime: "yesterday", limit: 9, offset: -1, projectId: "../x", handleStatus: open, fields: [hash], hostname: a }',
        summary,
      ),
    );
    await configure(bad, { endpoint: server.url, projectId: "project-1", accessKey });
    await bad.must(["config", "set", ...credentials]);
    const before = server.requests.length;
    const run = await bad.pulumi(["preview"]);
    expect(run.code).not.toBe(0);
    for (const expected of [
      /lastDays: takes 1 to 30/,
      /beginTime: takes RFC 3339/,
      /limit: takes 10 to 200/,
      /offset: takes 0 to 2000000/,
      /projectId: is not a project id/,
      /handleStatus: takes `handled` or `unhandled`/,
      /fields: "hash" is not a field of an event/,
      /hostname: is not an argument/,
    ]) {
      expect(run.stdout + run.stderr).toMatch(expected);
    }
    expect(server.requests.length).toBe(before);
  });

  test("each bad setting is named", async () => {
    const bad = await open(
      yamlProject(`resources:
  bad:
    type: pulumi:providers:hss
    properties: { endpoint: "http://example.com/x", maxRetries: -1 }
`),
    );
    const run = await bad.pulumi(["preview"]);
    expect(run.code).not.toBe(0);
    for (const key of ["endpoint", "maxRetries"])
      expect(run.stdout).toMatch(new RegExp(`property ${key} value .* has a problem`));
  });
});
