import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startEmulator, type Emulator, type EmulatorOptions, type EventSource } from "../../emulator/index.js";
import { getWhitelistPolicyDocument } from "../../provider/functions/getWhitelistPolicyDocument.js";
import { Session } from "../../provider/session.js";
import { binary, CommandLine } from "../support/commandLine.js";

const events = 600;
const rule = "select:\n  - handleMethods: [mark_as_trust]\n  - minHosts: 2\n";
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, progress: () => undefined };

let emulator: Emulator;
let hss: CommandLine;
/** Settings of the emulator, as an environment has them. */
let env: NodeJS.ProcessEnv;
let observation: string;

const environmentOf = ({ url, accessKey, secretKey }: Emulator): NodeJS.ProcessEnv => ({
  HW_HSS_ENDPOINT: url,
  HW_PROJECT_ID: "p",
  HW_ACCESS_KEY: accessKey,
  HW_SECRET_KEY: secretKey,
});

beforeAll(async () => {
  emulator = await startEmulator({ events });
  env = environmentOf(emulator);
  hss = new CommandLine();
  writeFileSync(hss.at("rule.yaml"), rule);
  const made = await hss.run(["observed", "--out", "observation.json"], { env });
  expect(made).toEqual({ code: 0, stdout: "", stderr: "" });
  observation = readFileSync(hss.at("observation.json"), "utf8");
});
afterAll(async () => {
  hss.close();
  await emulator.close();
});

const oneLine = /^hss: [^\n]+\n$/;

async function served<T>(options: EmulatorOptions, use: (env: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
  const other = await startEmulator(options);
  try {
    return await use(environmentOf(other));
  } finally {
    await other.close();
  }
}

describe("data", () => {
  test("a policy is the function's document, byte for byte, in every format", async () => {
    const session = new Session({ log: quiet, env: {} });
    for (const format of ["hss", "fapolicyd", "sha256sum", "csv", "json", "stix"] as const) {
      const select = [{ handleMethods: ["mark_as_trust"] }, { minHosts: 2 }];
      const args = { observation, select, format };
      const { document } = await session.call(getWhitelistPolicyDocument, args, { config: {} });
      const made = await hss.run([
        ...["policy", "--from", "observation.json", "--rule", "rule.yaml", "--format", format],
      ]);
      expect({ code: made.code, stdout: made.stdout }).toEqual({ code: 0, stdout: document });
      await hss.run(["policy", "--from", "-", "--rule", "rule.yaml", "--format", format, "--out", "made"], {
        input: observation,
      });
      expect(readFileSync(hss.at("made"), "utf8")).toBe(document);
    }
  });

  test("events in each form: all of them, and nothing else on standard output", async () => {
    const [ndjson, csv, json, table] = await Promise.all(
      ["ndjson", "csv", "json", "table"].map((form) => hss.run(["events", "--output", form], { env })),
    );
    const lines = ndjson!.stdout.trimEnd().split("\n");
    const ids = new Set(lines.map((line) => (JSON.parse(line) as { eventId: string }).eventId));
    expect(ids.size).toBe(events);
    expect(csv!.stdout.trimEnd().split(/\n(?=")/)).toHaveLength(events + 1);
    expect((JSON.parse(json!.stdout) as { events: unknown[] }).events).toHaveLength(events);
    expect(table!.stdout.trimEnd().split("\n")).toHaveLength(events + 1);
    for (const { code, stderr } of [ndjson!, csv!, json!, table!])
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("--fields are the columns and the keys", async () => {
    const { stdout } = await hss.run(
      ["events", "--fields", "eventId,processInfo.processHash", "--limit", "10", "--output", "csv"],
      { env },
    );
    expect(stdout.split("\n")[0]).toBe('"eventId","processInfo.processHash"');
    const streamed = await hss.run(["events", "--fields", "eventId", "--output", "ndjson"], { env });
    expect(Object.keys(JSON.parse(streamed.stdout.split("\n")[0] ?? "") as object)).toEqual(["eventId"]);
  });

  test("observed: JSON is the observation, and --from shows one again", async () => {
    const again = await hss.run(["observed", "--from", "observation.json", "--output", "json"]);
    expect(again.stdout).toBe(observation);
    const table = await hss.run(["observed", "--from", "observation.json"], { env: { COLUMNS: "72" } });
    const lines = table.stdout.trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(20);
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(72);
  });

  test("--sample says that the data are samples, on standard error", async () => {
    const { code, stdout, stderr } = await hss.run([
      "events",
      "--sample",
      "--limit",
      "10",
      "--offset",
      "0",
      "--output",
      "ndjson",
    ]);
    expect({ code, lines: stdout.trimEnd().split("\n").length }).toEqual({ code: 0, lines: 10 });
    expect(stderr).toContain("SAMPLE DATA");
  });

  test("a reader that has seen enough ends it without a word", () => {
    const command = `"${process.execPath}" "${binary}" events --sample --output ndjson 2>err | head -n 1; echo "$\{PIPESTATUS[0]}"; grep -v SAMPLE err`;
    const { stdout } = spawnSync("bash", ["-c", command], {
      cwd: hss.folder,
      encoding: "utf8",
      env: { PATH: process.env["PATH"] },
    });
    expect(stdout.trimEnd().split("\n")).toEqual([expect.stringMatching(/^\{.*\}$/), "0"]);
  });

  test("no colour and no progress where nobody looks; --progress plain has lines", async () => {
    const asked = await hss.run(["observed", "--progress", "plain"], { env });
    expect(asked.stdout + asked.stderr).not.toContain("\u001b");
  });
});

describe("commands", () => {
  test("diff compares files as words, as flags, and with what a rule makes", async () => {
    await hss.run(["policy", "--from", "observation.json", "--format", "json", "--out", "empty.json"]);
    await hss.run([
      "policy",
      "--from",
      "observation.json",
      "--rule",
      "rule.yaml",
      "--format",
      "json",
      "--out",
      "new.json",
    ]);
    const runs = await Promise.all([
      hss.run(["diff", "empty.json", "new.json"]),
      hss.run(["diff", "--before", "empty.json", "--after", "new.json"]),
      hss.run(["diff", "--before", "empty.json", "--from", "observation.json", "--rule", "rule.yaml"]),
    ]);
    for (const { code, stdout } of runs) expect({ code, stdout }).toEqual({ code: 0, stdout: runs[0]!.stdout });
    expect(runs[0]!.stdout).toMatch(/\| added /);
    const json = await hss.run(["diff", "empty.json", "new.json", "--output", "json"]);
    expect((JSON.parse(json.stdout) as { added: unknown[] }).added.length).toBeGreaterThan(0);
  });

  test("rule check says what is wrong, and with events what is selected", async () => {
    expect(await hss.run(["rule", "check", "rule.yaml"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("2 entries in select") as string,
    });
    const told = await hss.run(["rule", "check", "rule.yaml", "--from", "observation.json"]);
    expect(told.stdout).toMatch(/\n\d+ of \d+ observed hashes allowed/);
    writeFileSync(hss.at("bad.yaml"), "select:\n  - minHost: 2\n");
    const bad = await hss.run(["rule", "check", "bad.yaml"]);
    expect(bad).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/^hss: bad.yaml is not a rule: .*minHost.*\n$/) as string,
    });
  });

  test("a hash of digits in a rule is the text that was written", async () => {
    writeFileSync(
      hss.at("digits.yaml"),
      `select:\n  - hashes: [12345678901234567890123456789012, 123e5678901234567890123456789012]\n`,
    );
    expect(await hss.run(["rule", "check", "digits.yaml"])).toMatchObject({ code: 0 });
  });

  test("explain says why a hash is in or out, by its first digits too", async () => {
    const { processes } = JSON.parse(observation) as { processes: { hash: string }[] };
    const hash = processes[0]!.hash;
    const whole = await hss.run(["explain", hash, "--from", "observation.json", "--rule", "rule.yaml"]);
    expect(whole).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`^${hash} is (in|ex)cluded\n  because: `)) as string,
    });
    const short = await hss.run(["explain", hash.slice(0, 16), "--from", "observation.json", "--rule", "rule.yaml"]);
    expect(short.stdout).toBe(whole.stdout);
    const ruleless = await hss.run(["explain", hash, "--from", "observation.json"]);
    expect(ruleless.stdout).toMatch(
      /^\w+ is excluded, as every hash is without a rule: give --rule FILE\n {2}because: there is no select entry: nothing is allowed\nevidence\n/,
    );
    expect(await hss.run(["explain", "ffffffffff", "--from", "observation.json"])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no event/) as string,
    });
  });

  test("doctor says where settings come from, shows no secret, and what a request gives", async () => {
    writeFileSync(hss.at("doctor.yaml"), "maxRetries: 3\nregion: cn-south-1\n");
    const { code, stdout } = await hss.run(["doctor", "--config", "doctor.yaml", "--max-concurrency", "4"], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/projectId = p {2}from HW_PROJECT_ID/);
    expect(stdout).toMatch(/maxRetries = 3 {2}from doctor.yaml/);
    expect(stdout).toMatch(/maxConcurrency = 4 {2}from flag/);
    expect(stdout).toMatch(/accessKey = \(secret\) {2}from HW_ACCESS_KEY/);
    expect(stdout).not.toContain(emulator.secretKey);
    expect(stdout).toContain(`Permission: HSS may be read: 10 events of ${events} in the last 30 days.`);
    expect(stdout).toMatch(/Address: HSS at 127\.0\.0\.1:\d+, IAM at no known place/);
    expect(stdout).toMatch(/Network: directly\./);
    expect(stdout).toMatch(/Credentials: the access key that ends in \w{4} is from environment variables HW_\*\./);
    expect(stdout).toMatch(/Project: p\.\nPermission: .*\nClock: as the service's\.\nPace: at most 4 requests at once/);
    expect(stdout).toMatch(/All is well\.\n$/);
  });

  test("doctor says what is not followed, and ends where the call would", async () => {
    const { code, stdout, stderr } = await hss.run(["doctor"], {
      env: { ...env, HW_SECRET_KEY: "wrong-secret-key-0123456789", HW_INSECURE: "1", HW_MAX_RETRIES: "50" },
    });
    expect(code).toBe(4);
    expect(stdout).toMatch(/Environment: HW_INSECURE is set and not followed/);
    expect(stdout).toMatch(/Environment: HW_MAX_RETRIES is more than the 20 retries/);
    expect(stdout).toMatch(/Credentials: the access key/);
    expect(stdout).not.toMatch(/Permission|All is well|wrong-secret/);
    expect(stderr).toMatch(/APIGW\.0301.*is from environment variables HW_\*/);
  });

  test.each(["bash", "zsh", "fish"])("completion %s knows every command", async (shell) => {
    const { code, stdout } = await hss.run(["completion", shell]);
    expect(code).toBe(0);
    for (const word of ["events", "observed", "policy", "diff", "rule", "explain", "doctor", "emulator", "last-days"]) {
      expect(stdout).toContain(word);
    }
  });

  test("completion bash completes commands, flags and their words", async () => {
    writeFileSync(hss.at("completion.sh"), (await hss.run(["completion", "bash"])).stdout);
    const completed = (words: string) =>
      spawnSync(
        "bash",
        [
          "-c",
          `source ./completion.sh; COMP_WORDS=(${words}); COMP_CWORD=$(($\{#COMP_WORDS[@]}-1)); _hss; echo "$\{COMPREPLY[*]}"`,
        ],
        {
          cwd: hss.folder,
          encoding: "utf8",
        },
      ).stdout.trim();
    expect(completed("hss pol")).toBe("policy");
    expect(completed("hss rule che")).toBe("check");
    expect(completed("hss policy --keep")).toBe("--keep-days");
    expect(completed("hss policy --format sha")).toBe("sha256sum");
    expect(completed("hss rule check rule.y")).toBe("rule.yaml");
  });

  test("emulator is hss-emulator", async () => {
    expect(await hss.run(["emulator", "--bogus"])).toMatchObject({
      code: 64,
      stdout: "",
      stderr: expect.stringMatching(/^hss-emulator: .+\n$/) as string,
    });
    const { code, stdout } = await hss.run(["emulator", "--events", "20"], { signalAfter: 1500 });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\n/) as string,
    });
  });
});

test("every line of shell on the page runs", async () => {
  const page = readFileSync(path.join(__dirname, "../../docs/command-line.md"), "utf8");
  const blocks = (language: string) =>
    [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)\`\`\``, "gms"))].map(([, text = ""]) => text);
  const user = new CommandLine();
  try {
    writeFileSync(user.at("hss.yaml"), "endpoint: emulator\n");
    writeFileSync(user.at("rule.yaml"), blocks("yaml").find((text) => text.startsWith("select")) ?? "");
    for (const folder of ["policy", ".zsh/completions", ".config/fish/completions"])
      mkdirSync(user.at(folder), { recursive: true });
    writeFileSync(user.at("policy/whitelist.json"), "");
    const lines = blocks("sh").flatMap((text) => text.trim().split("\n"));
    const ours = lines.map((line) => line.replace(/^npx /, "")).filter((line) => !line.startsWith("npm "));
    expect(ours.length).toBeGreaterThan(8);
    for (const line of ours) {
      const { status, stderr } = spawnSync(
        "bash",
        ["-c", `hss() { "${process.execPath}" "${binary}" "$@"; }; ${line}`],
        {
          cwd: user.folder,
          encoding: "utf8",
          env: { PATH: process.env["PATH"], HOME: user.folder },
        },
      );
      // more hashes are new than the gate of the example lets pass
      const isGated = line.includes("--max-added");
      expect({ line, status, stderr }).toMatchObject({ line, status: isGated ? 2 : 0 });
    }
  } finally {
    user.close();
  }
});

describe("settings", () => {
  test("flags win over the environment, and that over the file", async () => {
    writeFileSync(hss.at("hss.yaml"), `endpoint: ${emulator.url}\nprojectId: of-file\nmaxRetries: 0\n`);
    const { HW_ACCESS_KEY, HW_SECRET_KEY } = env;
    const keys = { HW_ACCESS_KEY, HW_SECRET_KEY };
    const projectOf = async (args: readonly string[], more: NodeJS.ProcessEnv = {}) => {
      const { stdout } = await hss.run(["observed", "--output", "json", ...args], { env: { ...keys, ...more } });
      return (JSON.parse(stdout) as { source: { project: string } }).source.project;
    };
    try {
      expect(await projectOf([])).toBe("of-file");
      expect(await projectOf([], { HW_PROJECT_ID: "of-environment" })).toBe("of-environment");
      expect(await projectOf(["--project-id", "of-flag"], { HW_PROJECT_ID: "of-environment" })).toBe("of-flag");
    } finally {
      writeFileSync(hss.at("hss.yaml"), "");
    }
  });

  test("a project's id of digits in the file is the text that was written", async () => {
    writeFileSync(hss.at("digits.yaml"), "projectId: 0123e5678901234567890123456789012\nmaxRetries: 1\n");
    const { HW_PROJECT_ID: _, ...rest } = env;
    const { stdout } = await hss.run(["observed", "--output", "json", "--config", "digits.yaml"], { env: rest });
    const { source } = JSON.parse(stdout) as { source: { project: string } };
    expect(source.project).toBe("0123e5678901234567890123456789012");
  });

  test("an unknown key of the file is an error that names the nearest", async () => {
    writeFileSync(hss.at("other.yaml"), "regoin: cn-north-4\n");
    const failed = await hss.run(["events", "--config", "other.yaml"], { env });
    expect(failed).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/^hss: settings: regoin: .*region/) as string,
    });
  });

  test("no secret has a flag", async () => {
    const { stdout } = await hss.run(["events", "--help"]);
    expect(stdout).toContain("--user-name");
    expect(stdout).not.toMatch(/--(access-key|secret-key|security-token|token|password)\b/);
  });
});

describe("exit codes", () => {
  test("1: an error, one line", async () => {
    const failed = await hss.run(["policy", "--from", "nothing.json"]);
    expect(failed).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(oneLine) as string });
    writeFileSync(hss.at("cut.json"), observation.replace('"eventCount":', '"eventCount":1'));
    expect(await hss.run(["policy", "--from", "cut.json"])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(oneLine) as string,
    });
  });

  test("2: differences, where they were asked for", async () => {
    await hss.run([
      "policy",
      "--from",
      "observation.json",
      "--rule",
      "rule.yaml",
      "--format",
      "json",
      "--out",
      "b.json",
    ]);
    expect((await hss.run(["diff", "--after", "b.json"])).code).toBe(0);
    expect((await hss.run(["diff", "--after", "b.json", "--exit-code"])).code).toBe(2);
    expect((await hss.run(["diff", "b.json", "b.json", "--exit-code"])).code).toBe(0);
  });

  test("2: a closed gate, and nothing is written", async () => {
    const flags = ["--from", "observation.json", "--rule", "rule.yaml", "--out", "gated"];
    writeFileSync(hss.at("before.json"), "");
    const gated = await hss.run(["policy", ...flags, "--before", "before.json", "--max-added", "1"]);
    expect(gated).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/--max-added 1: \d+ hashes/) as string,
    });
    expect((await hss.run(["policy", "--from", "observation.json", "--out", "gated", "--fail-if-empty"])).code).toBe(2);
    expect(readdirSync(hss.folder).filter((name) => name.includes("gated"))).toEqual([]);
    expect((await hss.run(["policy", ...flags, "--before", "before.json", "--max-added", "100000"])).code).toBe(0);
    expect((await hss.run(["diff", "--after", "b.json", "--max-added", "0"])).code).toBe(2);
  });

  test("3: an incomplete read; what was streamed stays on standard output, and no file is written", async () => {
    // a list that moves faster than it can be read
    let moved = 0;
    const dataset: EventSource = {
      total: () => 1000,
      page(_query, offset, limit) {
        moved += 20_000;
        const row = (i: number) => ({ event_id: `event-${offset + i - moved}`, occur_time: Date.now() - 60_000 });
        return Array.from({ length: Math.max(0, Math.min(limit, 1000 - offset)) }, (_, i) => row(i));
      },
    };
    await served({ dataset }, async (env) => {
      const streamed = await hss.run(["events", "--output", "ndjson"], { env });
      expect({ code: streamed.code, stderr: streamed.stderr }).toEqual({
        code: 3,
        stderr: expect.stringMatching(oneLine) as string,
      });
      expect(streamed.stdout.trimEnd().split("\n").length).toBeGreaterThanOrEqual(events);
      expect((await hss.run(["events", "--out", "partial.ndjson"], { env })).code).toBe(3);
      expect((await hss.run(["observed"], { env })).code).toBe(3);
      expect(readdirSync(hss.folder).filter((name) => name.includes("partial"))).toEqual([]);
      const accepted = await hss.run(["events", "--output", "ndjson", "--no-require-complete"], { env });
      expect({ code: accepted.code, stderr: accepted.stderr }).toEqual({
        code: 0,
        stderr: expect.stringContaining("complete is false") as string,
      });
    });
  });

  test("4: credentials that are refused, missing, or without permission", async () => {
    const wrong = await hss.run(["events"], { env: { ...env, HW_SECRET_KEY: "another-secret" } });
    expect(wrong).toMatchObject({ code: 4, stdout: "", stderr: expect.stringMatching(oneLine) as string });
    expect(wrong.stderr).not.toContain("another-secret");
    for (const [status, error_code] of [
      [403, "HSS.1001"],
      [400, "HSS.0013"],
    ] as const) {
      const denied = { kind: "status" as const, status, body: { error_code, error_msg: "no permission" } };
      await served({ events, faults: () => denied }, async (env) => {
        expect(await hss.run(["events"], { env })).toMatchObject({
          code: 4,
          stderr: expect.stringMatching(oneLine) as string,
        });
      });
    }
  });

  test.each([
    [["evnets"], /Did you mean events\?/],
    [["events", "--lastdays", "3"], /Did you mean --last-days\?/],
    [["events", "--last-days", "99"], /--last-days: takes 1 to 30/],
    [["events", "--last-days", "x"], /--last-days takes a whole number/],
    [["events", "--output", "xml"], /table, json, csv, ndjson/],
    [["policy", "--max-added", "3"], /--before/],
    [["diff"], /needs what to compare/],
    [["explain", "xyz"], /HASH/],
    [["completion", "csh"], /bash, zsh, fish/],
    [["rule"], /hss --help/],
    [[], /hss --help/],
  ])("64: %j", async (args, said) => {
    const failed = await hss.run(args);
    expect(failed).toMatchObject({ code: 64, stdout: "", stderr: expect.stringMatching(said) as string });
    if (args.length > 1) expect(failed.stderr).toMatch(oneLine);
  });

  test("130: interrupted, and no file is left", async () => {
    await served({ events, latencyMs: 60_000 }, async (env) => {
      const stopped = await hss.run(["events", "--out", "stopped.ndjson"], { env, signalAfter: 2000 });
      expect(stopped).toEqual({ code: 130, stdout: "", stderr: "hss: interrupted\n" });
      expect(readdirSync(hss.folder).filter((name) => name.includes("stopped"))).toEqual([]);
    });
  });
});
