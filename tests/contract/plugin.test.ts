import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { createServer } from "node:net";
import path from "node:path";
import manifest from "../../package.json";
import { unknownValue } from "../../provider/marks.js";
import { wrapSecret } from "../../provider/plugin/struct.js";
import { PluginProcess } from "../support/plugin.js";
import { startFakeService, type FakeServer } from "../support/fakeService.js";
import { plainItems } from "../support/pages.js";

type Values = Record<string, unknown>;
const struct = (values: Values) => Struct.fromJavaScript(values as never);
const token = "canary-token-5a1e";

const rpc = (plugin: PluginProcess) => ({
  async configure(args: Values) {
    const request = new messages.ConfigureRequest();
    request.setArgs(struct(args));
    return plugin.call<messages.ConfigureRequest, messages.ConfigureResponse>(
      (client) => client.configure.bind(client) as never,
      request,
    );
  },
  async checkConfig(news: Values) {
    const request = new messages.CheckRequest();
    request.setNews(struct(news));
    const response = await plugin.call<messages.CheckRequest, messages.CheckResponse>(
      (client) => client.checkConfig.bind(client) as never,
      request,
    );
    return response.getFailuresList().map((failure) => [failure.getProperty(), failure.getReason()] as const);
  },
  async diffConfig(olds: Values, news: Values) {
    const request = new messages.DiffRequest();
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const response = await plugin.call<messages.DiffRequest, messages.DiffResponse>(
      (client) => client.diffConfig.bind(client) as never,
      request,
    );
    return response.getDiffsList();
  },
  async invoke(args: Values, tok = "hss:index:getAppWhitelistEvents") {
    const request = new messages.InvokeRequest();
    request.setTok(tok);
    request.setArgs(struct(args));
    const response = await plugin.call<messages.InvokeRequest, messages.InvokeResponse>(
      (client) => client.invoke.bind(client) as never,
      request,
    );
    return {
      values: response.getReturn()?.toJavaScript() as Values | undefined,
      failures: response.getFailuresList().map((failure) => [failure.getProperty(), failure.getReason()] as const),
    };
  },
});

/** An engine that keeps what it is told to log. */
async function startEngine() {
  const logged: { message: string; ephemeral: boolean }[] = [];
  const server = new grpc.Server();
  const handlers = Object.fromEntries(
    Object.keys(EngineService).map((method) => [
      method,
      (call: { request: LogRequest }, callback: (error: null, response: Empty) => void) => {
        if (method === "log")
          logged.push({ message: call.request.getMessage(), ephemeral: call.request.getEphemeral() });
        callback(null, new Empty());
      },
    ]),
  );
  server.addService(EngineService as never, handlers as never);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return {
    logged,
    address: `127.0.0.1:${port}`,
    close: () => {
      server.forceShutdown();
    },
  };
}

describe("the plugin's process over gRPC", () => {
  let server: FakeServer;
  let engine: Awaited<ReturnType<typeof startEngine>>;
  let plugin: PluginProcess;

  beforeAll(async () => {
    server = await startFakeService({ token, items: plainItems(450) });
    engine = await startEngine();
    plugin = await PluginProcess.start([engine.address]);
    await rpc(plugin).configure({ endpoint: server.url, projectId: "p", token });
  });
  afterAll(async () => {
    await plugin.stop();
    engine.close();
    await server.close();
  });

  test("handshake, info and schema", async () => {
    const shaken = await plugin.call<messages.ProviderHandshakeRequest, messages.ProviderHandshakeResponse>(
      (client) => client.handshake.bind(client) as never,
      new messages.ProviderHandshakeRequest(),
    );
    // so that what tells of a secret content is one too
    expect(shaken.getAcceptSecrets()).toBe(true);
    const info = await plugin.call<Empty, { getVersion(): string }>(
      (client) => client.getPluginInfo.bind(client) as never,
      new Empty(),
    );
    expect(info.getVersion()).toBe(manifest.version);
    const schema = await plugin.call<messages.GetSchemaRequest, messages.GetSchemaResponse>(
      (client) => client.getSchema.bind(client) as never,
      new messages.GetSchemaRequest(),
    );
    expect(JSON.parse(schema.getSchema())).toMatchObject({ name: "hss", version: manifest.version });
  });

  test("a read, whole", async () => {
    const { values, failures } = await rpc(plugin).invoke({});
    expect(failures).toEqual([]);
    expect(values).toMatchObject({ totalNum: 450, complete: true, reading: { requests: 5, windows: 1 } });
    expect((values?.["events"] as unknown[]).length).toBe(450);
  });

  test("settings of the default provider arrive as texts", async () => {
    const typed = await PluginProcess.start();
    await rpc(typed).configure({
      endpoint: server.url,
      projectId: "p",
      token,
      maxConcurrency: "5",
      maxRetries: "2",
      assumeRole: "",
    });
    expect((await rpc(typed).invoke({ limit: 10 })).values).toMatchObject({ totalNum: 450 });
    await typed.stop();
  });

  test("a wrapped secret among the settings is laid open, an unknown one is left out", async () => {
    const wrapped = await PluginProcess.start();
    await rpc(wrapped).configure({
      endpoint: server.url,
      projectId: "p",
      token: wrapSecret(token),
      region: unknownValue,
    });
    expect((await rpc(wrapped).invoke({ limit: 10 })).values).toMatchObject({ totalNum: 450 });
    await wrapped.stop();
  });

  test("each bad setting is named; unknown ones can't be judged yet", async () => {
    const failures = await rpc(plugin).checkConfig({
      endpoint: "ftp://x",
      maxRetries: -1,
      regoin: "a",
      token: wrapSecret("t"),
      region: unknownValue,
      version: "1.0.0",
    });
    expect(failures.map(([property]) => property).sort()).toEqual(["", "endpoint", "maxRetries"]);
    expect(failures).toContainEqual(["", expect.stringMatching(/^regoin: is not a setting/)]);
    expect(await rpc(plugin).checkConfig({ endpoint: server.url, token: unknownValue })).toEqual([]);
  });

  test("changed settings are told by name", async () => {
    expect(
      await rpc(plugin).diffConfig(
        { endpoint: "a", region: "x", version: "1" },
        { endpoint: "b", region: "x", version: "2", token: "t" },
      ),
    ).toEqual(["endpoint", "token"]);
  });

  test("each bad argument is a failure of its own, before any request", async () => {
    const before = server.requests.length;
    const { failures } = await rpc(plugin).invoke({ lastDays: 31, limit: 9, handleStatus: "open", projectId: "../x" });
    expect(failures.map(([property]) => property)).toEqual(["projectId", "handleStatus", "limit", "lastDays"]);
    expect(server.requests.length).toBe(before);
  });

  test("an unknown argument, an unknown function", async () => {
    expect((await rpc(plugin).invoke({ hostName: unknownValue })).failures).toEqual([
      ["hostName", expect.stringMatching(/not known yet/)],
    ]);
    expect((await rpc(plugin).invoke({}, "hss:index:getNothing")).failures[0]?.[1]).toMatch(
      /hss:index:getNothing is not a function of this package/,
    );
  });

  test("a secret argument makes every output a secret", async () => {
    const { values } = await rpc(plugin).invoke({ hostName: wrapSecret("web-1"), limit: 10 });
    expect(values?.["totalNum"]).toEqual(wrapSecret(450));
  });

  test("what the service refuses is one line without a secret", async () => {
    const wrong = await PluginProcess.start();
    await rpc(wrong).configure({ endpoint: server.url, projectId: "p", token: "canary-wrong-token" });
    const { failures } = await rpc(wrong).invoke({});
    expect(failures).toHaveLength(1);
    expect(failures[0]?.[1]).toMatch(/APIGW\.0301 .* request id request-\d+/);
    expect(failures[0]?.[1]).not.toMatch(/canary|\n/);
    await wrong.stop();
  });

  test("Cancel aborts what is in flight", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const hanging = await PluginProcess.start();
    await rpc(hanging).configure({ endpoint: `http://127.0.0.1:${port}`, projectId: "p", token });
    const connected = new Promise((resolve) => silent.once("connection", resolve));
    const call = rpc(hanging).invoke({});
    await connected;
    await plugin.call<Empty, Empty>(() => hanging.client.cancel.bind(hanging.client) as never, new Empty());
    const { failures } = await call;
    await hanging.stop();
    silent.close();
    expect(failures).toEqual([["", "getAppWhitelistEvents was aborted"]]);
  });

  test("progress goes to the engine as lines that leave no trace", async () => {
    const slow = await startFakeService({ token, items: plainItems(4715), delayMs: 60 });
    const told = await PluginProcess.start([engine.address]);
    await rpc(told).configure({ endpoint: slow.url, projectId: "p", token, maxConcurrency: 2 });
    await rpc(told).invoke({ format: "json" });
    expect(
      engine.logged.some(({ message, ephemeral }) => ephemeral && /reading HSS events: \d+ of 4715/.test(message)),
    ).toBe(true);
    await told.stop();
    await slow.close();
  });

  test("messages reach the engine whatever proxy the shell has", async () => {
    const dead = "http://127.0.0.1:1";
    const names = ["grpc_proxy", "https_proxy", "http_proxy", "all_proxy", "GRPC_PROXY", "HTTPS_PROXY", "HTTP_PROXY"];
    const told = await PluginProcess.start([engine.address], Object.fromEntries(names.map((name) => [name, dead])));
    engine.logged.length = 0;
    await rpc(told).configure({ endpoint: "emulator" });
    expect((await rpc(told).invoke({ limit: 10 })).values).toMatchObject({ totalNum: 4715 });
    // a line that can't be sent fails nothing: only its arrival shows that it was
    const heard = () => engine.logged.some(({ message }) => /SAMPLE DATA/.test(message));
    for (let tries = 0; !heard() && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
    await told.stop();
    expect(heard()).toBe(true);
  });

  test("a check failure names no property that nobody knows: it may hold a secret under another name", async () => {
    const names = ["passwd", "pwd", "sk", "secret", "secretAccessKey", "userPassword", "authToken", "canary-of-a-name"];
    const failures = await rpc(plugin).checkConfig(
      Object.fromEntries(names.map((name) => [name, "canary-of-a-value"])),
    );
    expect(failures.map(([property]) => property)).toEqual(names.map(() => ""));
    expect(failures.map(([, reason]) => reason.split(":")[0])).toEqual(
      expect.arrayContaining(["passwd", "pwd", "sk", "secret"]),
    );
    expect(JSON.stringify(failures)).not.toContain("canary");
    const known = await rpc(plugin).checkConfig({ region: "canary-of-a-token!", token: "canary-of-a-token!" });
    expect(JSON.stringify(known)).not.toContain("canary");
  });

  test("a check failure names no secret setting as its property: the engine would print the value", async () => {
    const settings = ["accessKey", "secretKey", "securityToken", "token", "password"];
    const bad = Object.fromEntries(settings.map((name) => [name, `canary-of-${name}\n`]));
    const failures = await rpc(plugin).checkConfig(bad);
    expect(failures.map(([property]) => property)).toEqual(settings.map(() => ""));
    expect(failures.map(([, reason]) => reason.split(":")[0]).sort()).toEqual([...settings].sort());
    expect(JSON.stringify(failures)).not.toMatch(/canary-of/);
    const near = {
      secret_key: "canary-of-1",
      acessKey: "canary-of-2",
      endpoint: "https://u:canary-of-3@hss.example.com",
    };
    const risky = await rpc(plugin).checkConfig(near);
    expect(risky.map(([property]) => property)).toEqual(["", "", ""]);
    expect(JSON.stringify(risky)).not.toMatch(/canary-of/);
  });

  test("a secret that was given as a field or a format is not repeated", async () => {
    const { failures } = await rpc(plugin).invoke({
      fields: ["canary-secret-of-fields"],
      format: "canary-secret-of-format",
    });
    expect(failures.map(([property]) => property).sort()).toEqual(["fields", "format"]);
    expect(JSON.stringify(failures)).not.toMatch(/canary/);
  });

  test("what this provider has no use for is unimplemented, not a crash", async () => {
    await expect(
      plugin.call<messages.CallRequest, unknown>(
        (client) => client.call.bind(client) as never,
        new messages.CallRequest(),
      ),
    ).rejects.toMatchObject({ code: grpc.status.UNIMPLEMENTED });
  });

  test("as a PulumiPlugin.yaml plugin: started by Pulumi's own run-plugin", async () => {
    const root = path.join(__dirname, "../..");
    const runPlugin = path.join(root, "node_modules/@pulumi/pulumi/cmd/run-plugin");
    const started = await PluginProcess.start([engine.address], {}, [
      process.execPath,
      runPlugin,
      path.join(root, "provider"),
    ]);
    await rpc(started).configure({ endpoint: server.url, projectId: "p", token });
    expect((await rpc(started).invoke({ limit: 10 })).values).toMatchObject({ totalNum: 450 });
    await started.stop();
  });
});
