import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { clientPackage } from "../../provider/archive/bucketClient.js";
import { bucketPlace } from "../../provider/archive/bucketPlace.js";
import { openStore } from "../../provider/archive/openStore.js";
import { S3Store } from "../../provider/archive/s3Store.js";
import { syncArchive } from "../../provider/archive/sync.js";
import type { ArchiveStore } from "../../provider/archive/store.js";
import { verifyArchive } from "../../provider/archive/verify.js";
import type { HssError } from "../../provider/errors.js";
import type { EventRecord } from "../../provider/hss/event.js";
import { Opened } from "../support/session.js";
import { CommandLine } from "../support/commandLine.js";
import { added, eventsOf, rowOf, unique } from "../support/archive.js";
import { authority, certificate, key } from "../support/certificates.js";
import { HssWorld } from "../support/hssWorld.js";
import { S3Between } from "../support/s3Between.js";
import { bucket, bucketAccess, bucketStore, keys, s3Program, S3Server } from "../support/s3Server.js";

// Against a real S3 server, which is killed and started again; through the build where there are other processes.

const root = join(__dirname, "../..");
const suite = s3Program === undefined ? describe.skip : describe;
const modules = "duckdb, pyarrow.dataset, pyarrow.fs";
const python = [process.env["SNAPSHOT_PYTHON"] ?? "python3", join(root, ".ci/.venv/bin/python")].find(
  (program) => spawnSync(program, ["-c", `import ${modules}`]).status === 0,
);

const start = Date.UTC(2026, 0, 1);
const eventOf = (n: number): EventRecord => ({
  eventId: `event-${String(n).padStart(6, "0")}`,
  occurTime: String(start + n * 3_600_000),
  handleStatus: "unhandled",
  processInfo: [{ processName: "tool", processPath: `/opt/tool-${n}`, processHash: "ab".repeat(32) }],
});

const failed = (work: Promise<unknown>): Promise<HssError> =>
  work.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: unknown) => error as HssError,
  );

const problemsIn = async (store: ArchiveStore): Promise<string[]> =>
  (await verifyArchive(store)).checks.filter(({ ok }) => !ok).map(({ name, text }) => `${name}: ${text}`);

suite(`an archive in a bucket${s3Program === undefined ? " (not installed: versitygw, see .ci/s3server)" : ""}`, () => {
  let server: S3Server;
  let between: S3Between;
  const opened = new Opened();
  afterEach(() => opened.close());
  beforeAll(async () => {
    server = await S3Server.start();
    between = await S3Between.start(server.url);
  });
  afterAll(async () => {
    await between.end();
    await server.end();
  });
  beforeEach(() => {
    between.fate = () => "pass";
    between.seen.length = 0;
  });
  let count = 0;
  const fresh = () => `s3://${bucket}/archive-${++count}`;

  test("is a store as a folder is", async () => {
    const archive = fresh();
    const store = bucketStore(server.url, archive);
    expect(store.name).toBe(archive);
    expect(await store.list("")).toEqual([]);
    expect(await store.read("a/b.json")).toBeUndefined();
    await store.write("a/b.json", Buffer.from("1"));
    await store.write("a/b.json", Buffer.from("22"));
    expect(await store.create("a/b.json", Buffer.from("333"))).toBe(false);
    expect(await store.create("a/region=%41/c.json", Buffer.from("333"))).toBe(true);
    await store.write("ab/c.json", Buffer.alloc(0));
    expect(await store.list("a")).toEqual([
      { path: "a/b.json", size: 2 },
      { path: "a/region=%41/c.json", size: 3 },
    ]);
    for (let again = 0; again < 2; again++) await store.publish("a/region=%41/c.json", "d/region=%41/c.json");
    expect((await store.read("d/region=%41/c.json"))?.toString()).toBe("333");
    expect((await failed(store.publish("nowhere", "d/e"))).message).toMatch(
      /^archive .*: can't move nowhere to d\/e: /,
    );
    await store.clear("a");
    await store.clear("a/");
    expect(await store.list("a/")).toEqual([]);
    expect((await store.read("ab/c.json"))?.length).toBe(0);
    const bytes = Buffer.alloc(20 * 2 ** 20, "0123456789");
    await store.write("large", bytes);
    expect((await store.read("large"))?.equals(bytes)).toBe(true);
  });

  test("commands and functions take it where a folder can stand", async () => {
    const emulator = await opened.emulator({ events: 450, ...keys });
    const hss = new CommandLine();
    opened.later(() => Promise.resolve(hss.close()));
    const env = {
      ...{ HW_HSS_ENDPOINT: emulator.url, HW_PROJECT_ID: "p", HW_HSS_ARCHIVE_ENDPOINT: server.url.origin },
      ...{ HW_ACCESS_KEY: emulator.accessKey, HW_SECRET_KEY: emulator.secretKey },
    };
    const archive = fresh();
    const run = async (...args: string[]) => {
      const made = await hss.run(args, { env });
      expect({ args, code: made.code, stderr: made.code === 0 ? "" : made.stderr }).toEqual({
        args,
        code: 0,
        stderr: "",
      });
      return made;
    };
    expect((await run("archive", "sync", "--to", archive)).stderr).toMatch(`${archive}: 450 new events`);
    const events = await run("events", "--archive", archive, "--output", "ndjson");
    expect(events.stdout.trimEnd().split("\n")).toHaveLength(450);
    expect((await run("archive", "verify", archive)).stdout).toMatch(/chain +ok +2 manifests/);
    expect((await run("archive", "status", archive)).stdout).toMatch(/\bp +20/);
  });

  test("lists by pages, and asks for nothing that OBS does not know", async () => {
    const archive = fresh();
    const folder = join(server.folder, bucket, archive.split("/").at(-1) ?? "", "many");
    mkdirSync(folder, { recursive: true });
    for (let n = 0; n < 2150; n++) writeFileSync(join(folder, `${n}`.padStart(5, "0")), "x");
    const store = bucketStore(between.url, archive);
    const paths = (await store.list("many")).map(({ path }) => path);
    expect(paths).toEqual(Array.from({ length: 2150 }, (_, n) => `many/${String(n).padStart(5, "0")}`));
    expect(between.seen).toHaveLength(3);
    await store.write("many/00001", Buffer.from("y"));
    await store.publish("many/00001", "many/x");
    // OBS takes a parameter of a write for something else
    expect(between.seen.join("\n")).not.toMatch(/x-id|list-type|checksum|%3F/);
  });

  test("the same events as from a folder, verified, after syncs; DuckDB and pyarrow read them from the bucket", async () => {
    const archive = fresh();
    const store = bucketStore(server.url, archive);
    const warnings: string[] = [];
    const world = new HssWorld(start + 40 * 86_400_000);
    for (let n = 0; n < 120; n++) world.add(`event-${n}`, world.now - n * 2_000_000 - 60_000);
    const sync = () =>
      syncArchive({
        store,
        reader: world.reader,
        query: { filter: {} },
        log: { warn: (line) => warnings.push(line) },
        unique,
      });
    expect(await sync()).toMatchObject({ sequence: 1, kind: "full", whole: true, added: { events: 120 } });
    world.now += 86_400_000;
    world.add("late", world.now - 90_000_000);
    world.handle(world.events[3]!, "handled", "mark_as_trust");
    world.now += 60_000;
    expect(await sync()).toMatchObject({ sequence: 2, whole: true, added: { events: 1, states: 1 } });
    expect(await problemsIn(store)).toEqual([]);
    expect(await store.list(".staging")).toEqual([]);
    expect(warnings).toEqual([]);
    if (python === undefined) return;
    const script = `
import json, sys, duckdb, pyarrow.dataset as ds, pyarrow.fs as fs
host, folder, access, secret = sys.argv[1:]
s3 = fs.S3FileSystem(endpoint_override=host, scheme="http", access_key=access, secret_key=secret, region="us-east-1")
data = ds.dataset(folder + "/ext/hss", filesystem=s3, partitioning="hive")
rows = data.count_rows()
print(json.dumps([rows, *duckdb.sql("select count(distinct event_key), count(*) filter (handle_method = 'mark_as_trust') from data").fetchall()[0]]))`;
    const asked = [server.url.host, archive.slice("s3://".length), keys.accessKey, keys.secretKey];
    expect(JSON.parse(execFileSync(python, ["-c", script, ...asked], { encoding: "utf8" }))).toEqual([122, 121, 1]);
  });

  /** A process of its own, and the lines that it says. */
  function writer(env: Record<string, string>, url: URL, work: string, archive: string, ...more: string[]) {
    const script = join(root, "tests/support/bucketWriter.cjs");
    const args = [script, work, url.href, archive, keys.accessKey, keys.secretKey, ...more];
    const stdio: ["pipe", "pipe", "inherit"] = ["pipe", "pipe", "inherit"];
    const { stdin, stdout } = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio });
    const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    return { stdin, line: async () => (await lines.next()).value as unknown };
  }

  test.each([
    ["by the store's own condition", false, 60],
    ["by claims, where the store refuses it", true, 12],
  ])(
    "of two processes that write the same manifests exactly one is first, each time: %s",
    async (_, isRefused, rounds) => {
      between.fate = ({ headers }) => (isRefused && headers["if-none-match"] !== undefined ? "refuse" : "pass");
      const archive = fresh();
      const names = ["first", "second"];
      const writers = names.map((name) => writer({}, between.url, "race", archive, name));
      for (const { line } of writers) expect(await line()).toBe("ready");
      between.seen.length = 0;
      const told: string[] = [];
      for (let n = 1; n <= rounds; n++) {
        for (const { stdin } of n % 2 === 0 ? writers : [...writers].reverse()) stdin.write(`${n}\n`);
        const isFirst = await Promise.all(writers.map(({ line }) => line()));
        expect([...isFirst].sort()).toEqual(["false", "true"]);
        told.push(...names.filter((_, at) => isFirst[at] === "true").map((name) => `${name} ${n}`));
      }
      for (const { stdin } of writers) stdin.end();
      const store = bucketStore(server.url, archive);
      const manifests = await store.list("manifests");
      const there = await Promise.all(manifests.map(async ({ path }) => String(await store.read(path))));
      expect(there.sort()).toEqual(told.sort());
      // both tried, each time
      const tries = between.seen.filter((line) => /^PUT .*manifests.0/.test(line));
      expect(tries.length).toBeGreaterThanOrEqual(rounds * 2);
      expect(await store.list(".claims")).toEqual([]);
    },
  );

  test("a server that is killed at any moment of a commit leaves the archive before or after", async () => {
    const store = bucketStore(server.url, fresh(), { settings: { maxRetries: 0 } });
    const batch = (round: number) => [eventOf(round * 50), eventOf(round * 50 + 1), eventOf(round * 50 + 30)];
    let kept: EventRecord[] = batch(0);
    await added(
      store,
      kept.map((event) => rowOf(event)),
    );
    const began = performance.now();
    await added(store, []);
    const took = 2 * (performance.now() - began);
    const ends = { before: 0, after: 0 };
    for (let round = 1; round <= 8; round++) {
      const more = batch(round);
      const outcome = added(
        store,
        more.map((event) => rowOf(event)),
      ).then(
        () => "done",
        (error: HssError) => error.message,
      );
      await sleep(((round - Math.random()) / 8) * took);
      await server.kill();
      expect(await outcome).toMatch(/^done$|^archive s3:\/\/evidence\/archive-\d+: can't /);
      await server.run();
      // as it lies, and as the next one who opens it leaves it
      expect(await problemsIn(store)).toEqual([]);
      const events = (await eventsOf(store)).map(({ eventId }) => eventId).sort();
      const isAfter = events.length > kept.length;
      ends[isAfter ? "after" : "before"]++;
      kept = isAfter ? [...kept, ...more] : kept;
      expect(events).toEqual(kept.map(({ eventId }) => eventId).sort());
      expect(await problemsIn(store)).toEqual([]);
    }
    expect(ends.before).toBeGreaterThan(0);
  });

  test("a server that is started again in time is waited for", async () => {
    const store = bucketStore(server.url, fresh(), { settings: { maxRetries: 10 } });
    await server.kill();
    const outcome = added(store, [rowOf(eventOf(1))]);
    await sleep(700);
    await server.run();
    expect(await outcome).toBeDefined();
    expect(await eventsOf(store)).toEqual([eventOf(1)]);
  });

  test("a manifest whose answer is lost is known as one's own, and its files get their places", async () => {
    const store = bucketStore(between.url, fresh());
    let lost = 0;
    between.fate = ({ method, url = "" }) =>
      method === "PUT" && url.includes("/manifests/") && lost++ === 0 ? "lose" : "pass";
    expect(await added(store, [rowOf(eventOf(1))])).toBeDefined();
    expect(lost).toBeGreaterThan(1);
    expect(await eventsOf(store)).toEqual([eventOf(1)]);
    expect(await problemsIn(store)).toEqual([]);
  });

  test("a store that can't copy is written to", async () => {
    const store = bucketStore(between.url, fresh());
    between.fate = ({ headers }) => (headers["x-amz-copy-source"] === undefined ? "pass" : "refuse");
    await added(store, [rowOf(eventOf(1))]);
    expect(await problemsIn(store)).toEqual([]);
  });

  describe("what goes wrong is told in one line, without a secret", () => {
    const line = async (work: Promise<unknown>) => {
      const { code, message, stack, cause } = await failed(work);
      expect(`${message} ${stack} ${String(cause)}`).not.toContain(keys.secretKey);
      expect(message).not.toContain("\n");
      return [
        code,
        message
          .replaceAll(/127\.0\.0\.1:\d+/g, "HOST")
          .replaceAll(/archive-\d+/g, "archive")
          .replaceAll(/request id [\w-]+/g, "request id ID"),
      ];
    };
    const read = (options: Parameters<typeof bucketStore>[2], url = between.url, archive = fresh()) =>
      line(bucketStore(url, archive, options).read("manifests/00000001.json"));
    const said = "archive s3://evidence/archive: can't read manifests/00000001.json";

    test("wrong keys", async () => {
      const [code, message] = await read({ keys: { ...keys, secretKey: "another-secret-of-nobody" } });
      expect(code).toBe("HSS_SERVICE");
      expect(message).toMatch(
        /: SignatureDoesNotMatch .*\(HTTP 403.*\); check the account's accessKey and secretKey \(with securityToken for temporary ones\)$/,
      );
      expect((await read({ keys: { ...keys, accessKey: "nobody" } }))[1]).toMatch(/: No user|XAdminUserNotFound/);
    });

    test("a missing bucket", async () => {
      const [code, message] = await line(bucketStore(server.url, "s3://elsewhere").list("manifests"));
      expect([code, message]).toEqual([
        "HSS_SERVICE",
        expect.stringMatching(
          /^archive s3:\/\/elsewhere: can't list manifests: NoSuchBucket .*; make the bucket, or check its name and archiveEndpoint$/,
        ),
      ]);
      expect((await read({}, server.url, "s3://elsewhere/archive-1"))[1]).toContain("NoSuchBucket");
    });

    test("nobody there, no answer, a slow one, one of something else", async () => {
      const quick = { settings: { maxRetries: 0, requestTimeoutSeconds: 1 } };
      expect(await read(quick, new URL("http://127.0.0.1:9"))).toEqual(
        [
          "HSS_TRANSPORT",
          `${said}: http://HOST: connection refused: nothing listens there (ECONNREFUSED)`.replace(
            "HOST",
            "127.0.0.1:9",
          ),
        ].map((text) => text.replace("127.0.0.1:9", "HOST")),
      );
      between.fate = () => "hold";
      expect(await read(quick)).toEqual([
        "HSS_TRANSPORT",
        `${said}: http://HOST: no whole answer in time (requestTimeoutSeconds)`,
      ]);
      between.fate = () => "page";
      const archive = bucketStore(between.url, fresh(), quick);
      expect(await line(archive.list("manifests"))).toEqual([
        "HSS_RESPONSE",
        "archive s3://evidence/archive: can't list manifests: HOST gave an answer that no object storage gives (HTTP 200): check archiveEndpoint",
      ]);
    });

    test("an abort ends what is under way, also an answer that drips", async () => {
      const stop = new AbortController();
      const store = bucketStore(between.url, fresh(), { signal: stop.signal });
      await store.write("a", Buffer.alloc(1000));
      between.fate = () => "drip";
      const outcome = line(store.read("a"));
      await sleep(300);
      stop.abort();
      expect(await outcome).toEqual(["HSS_ABORTED", "archive s3://evidence/archive: can't read a was aborted"]);
    });

    test("an account without access keys", async () => {
      const credentials = {
        get: () => Promise.resolve({ kind: "token" as const, token: keys.secretKey }),
        reject: () => false,
      };
      expect(await read({ credentials })).toEqual([
        "HSS_CREDENTIALS",
        "archive s3://evidence: object storage takes access keys, and the account's credentials are a token or a password: give accessKey and secretKey, or an agency (assumeRole)",
      ]);
    });
  });

  test("keys that are refused are renewed, once", async () => {
    const given = [{ ...keys, securityToken: "expired" }, keys];
    let renewed = 0;
    const credentials = {
      get: () => Promise.resolve({ kind: "aksk" as const, ...given[renewed]! }),
      reject: () => (renewed === 0 ? (renewed++, true) : false),
    };
    between.fate = ({ headers }) => (headers["x-amz-security-token"] === "expired" ? "expired" : "pass");
    const store = bucketStore(between.url, fresh(), { credentials });
    await store.write("a", Buffer.from("a"));
    expect(renewed).toBe(1);
    between.fate = () => "expired";
    expect((await failed(store.read("a"))).message).toMatch(
      /ExpiredToken It is ExpiredToken\. \(HTTP 400, request id BETWEEN\); check the account's/,
    );
  });

  test("OBS is asked by its own header, which is signed; where that is ignored, by the common one", async () => {
    const asked: string[] = [];
    between.fate = ({ method, headers }) => {
      const own = headers["x-obs-forbid-overwrite"] === "true" && /x-obs-forbid/.test(headers.authorization ?? "");
      if (method === "PUT") asked.push(own ? "own" : (headers["if-none-match"] ?? "none"));
      return "pass";
    };
    const access = bucketAccess(between.url);
    const store = new S3Store({ ...bucketPlace(fresh(), access.settings), isObs: true }, access, unique);
    expect(await store.create("a", Buffer.from("a"))).toBe(true);
    expect(await store.create("a", Buffer.from("b"))).toBe(false);
    expect(asked).toEqual(["own", "own", "*", "*", "*", "*"]);
  });

  test.each(["-30", "7"])("a machine's clock that is %s hours off", async (hours) => {
    expect(await writer({ SHIFT_HOURS: hours }, server.url, "touch", fresh(), "hello").line()).toBe('"hello"');
  });

  test("another store gets the environment's keys, and never the account's", async () => {
    const asked: unknown[] = [];
    const credentials = {
      get: () => (asked.push(1), Promise.resolve({ kind: "aksk" as const, ...keys })),
      reject: () => false,
    };
    const settings = { endpoint: new URL("https://hss.cn-north-4.myhuaweicloud.com") };
    const env = { AWS_ACCESS_KEY_ID: keys.accessKey, AWS_SECRET_ACCESS_KEY: keys.secretKey };
    const before = { ...process.env };
    Object.assign(process.env, env);
    try {
      const store = bucketStore(server.url, fresh(), { settings, credentials });
      await store.write("a", Buffer.from("a"));
      expect(String(await store.read("a"))).toBe("a");
    } finally {
      process.env = before;
    }
    expect(asked).toEqual([]);
  });

  test("a proxy and an authority of the settings hold for it too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-hss-s3-tls-"));
    writeFileSync(join(folder, "cert.pem"), certificate);
    writeFileSync(join(folder, "key.pem"), key);
    const secure = await S3Server.start([
      "--region",
      "cn-north-4",
      "--cert",
      join(folder, "cert.pem"),
      "--key",
      join(folder, "key.pem"),
    ]);
    const proxy = spawn(process.execPath, [
      join(root, "tests/support/forwardProxy.cjs"),
      String(secure.port),
      "me:word",
    ]);
    try {
      let log = "";
      proxy.stdout.on("data", (data: Buffer) => (log += data.toString()));
      while (!log.includes("\n")) await sleep(20);
      const name = new URL("https://hss.cn-north-4.myhuaweicloud.com");
      const env = { HTTPS_PROXY: `http://me:word@127.0.0.1:${log.trim()}` };
      const settings = { endpoint: name, maxRetries: 0 };
      const trusting = bucketStore(name, fresh(), { settings: { ...settings, caFile: authority }, env });
      await trusting.write("a", Buffer.from("a"));
      expect(String(await trusting.read("a"))).toBe("a");
      expect(log).toContain("hss.cn-north-4.myhuaweicloud.com:443 admitted");
      const { message } = await failed(bucketStore(name, fresh(), { settings, env }).read("a"));
      expect(message).toContain("TLS: the certificate is not trusted");
      // OBS, which is where nothing else is said, has the bucket in its host's name
      const { archiveEndpoint: _, ...obs } = bucketAccess(name, {
        settings: { ...settings, caFile: authority },
      }).settings;
      const own = openStore(fresh(), "/", { ...bucketAccess(name, { env }), settings: obs });
      expect((await failed(own.read("a"))).message).toMatch(
        /: TLS: the certificate .* not for evidence\.obs\.cn-north-4\./,
      );
      expect(log).toContain("evidence.obs.cn-north-4.myhuaweicloud.com:443 admitted");
    } finally {
      proxy.kill();
      await secure.end();
      rmSync(folder, { recursive: true });
    }
  });
});

test("where the client is not installed, its package is named, with the version that this one is tested with", () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    optionalDependencies: Record<string, string>;
  };
  expect(optionalDependencies).toEqual({ [clientPackage.name]: clientPackage.version });

  const folder = mkdtempSync(join(tmpdir(), "pulumi-hss-s3-missing-"));
  try {
    cpSync(join(root, "dist/provider"), join(folder, "dist/provider"), { recursive: true });
    mkdirSync(join(folder, "tests"));
    cpSync(join(root, "tests/support/bucketWriter.cjs"), join(folder, "tests/support/bucketWriter.cjs"));
    const args = ["touch", "http://127.0.0.1:9", "s3://evidence", "a", "b", "c"];
    const said = execFileSync(process.execPath, [join(folder, "tests/support/bucketWriter.cjs"), ...args], {
      encoding: "utf8",
    });
    const { name, version } = clientPackage;
    const place = join(folder, "dist/provider/archive");
    expect(JSON.parse(said)).toEqual({
      code: "HSS_CONFIGURATION",
      message: `hss configuration: archive: in s3:// needs the package ${name}, which is not installed: npm install ${name}@${version} (for an installed plugin with --prefix ${place})`,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
