import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";

const tool = path.resolve(__dirname, "../../../tools/engine.mjs");
const programs = ["pulumi-language-nodejs", "pulumi-language-yaml", "pulumi"];

/** Stands for Go: notes what it is asked to build and makes a program that knows its version. */
const go = `
case "$1" in
  env) echo "\${GO_VERSION:-go1.25.11}" ;;
  list) printf '++' ;;
  build)
    while [ "$1" != -o ]; do shift; done
    echo "build $2" >> "$CALLS"
    while [ -n "$GATE" ] && [ ! -e "$GATE" ]; do sleep 0.1; done
    if [ -n "$BROKEN" ]; then echo "go: no such module" >&2; exit 1; fi
    echo example.com/a >&2
    printf '#!/bin/sh\\necho v3.259.0\\n' > "$2"
    chmod +x "$2" ;;
esac`;

// the stand-ins are shell scripts
(process.platform === "win32" ? describe.skip : describe)("the engine tool", () => {
  let root: string;
  let cache: string;
  let calls: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "pulumi-hss-engine-"));
    cache = path.join(root, "cache", "pulumi-hss");
    calls = path.join(root, "calls");
    await writeFile(calls, "");
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** Makes a program in a folder that can be put on PATH. */
  async function program(folder: string, name: string, script: string): Promise<void> {
    const file = path.join(root, folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
    await chmod(file, 0o755);
  }

  function start(folders: string[], env: Record<string, string> = {}, args: string[] = []) {
    const child = spawn(process.execPath, [tool, ...args], {
      env: {
        PATH: folders.map((folder) => path.join(root, folder)).join(path.delimiter),
        HOME: root,
        XDG_CACHE_HOME: path.join(root, "cache"),
        CALLS: calls,
        ...env,
      },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += String(chunk)));
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    const ended = new Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>(
      (resolve) => child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr })),
    );
    return { child, ended };
  }
  const run = (...args: Parameters<typeof start>) => start(...args).ended;
  /** Once the stream holds the words. */
  const said = (stream: Readable, words: string) =>
    new Promise<void>((resolve) => {
      let text = "";
      stream.on("data", (chunk) => {
        text += String(chunk);
        if (text.includes(words)) resolve();
      });
    });
  const builds = async () => (await readFile(calls, "utf8")).split("\n").filter(Boolean).length;

  async function installed(version: string, hosts = programs.slice(0, 2)): Promise<void> {
    await program("installed", "pulumi", `echo ${version}`);
    for (const host of hosts) await program("installed", host, "");
  }

  test("prints the directory of the Pulumi on PATH", async () => {
    await installed("v3.200.1");
    await program("go", "go", go);
    const { code, stdout } = await run(["installed", "go"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${path.join(root, "installed")}\n` });
    expect(await builds()).toBe(0);
  });

  test.each([
    ["v3.199.0", undefined, "the pulumi on PATH is v3.199.0, not 3.200 or a newer 3.x"],
    ["v4.0.0", undefined, "the pulumi on PATH is v4.0.0"],
    ["", undefined, "does not tell its version"],
    ["v3.259.0", ["pulumi-language-nodejs"], "the pulumi on PATH lacks pulumi-language-yaml"],
  ])("passes over an installed Pulumi %s with %s", async (version, hosts, reason) => {
    await installed(version, hosts);
    const { code, stdout, stderr } = await run(["installed"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(reason);
  });

  test("says in one line what to install where there is neither Pulumi nor Go", async () => {
    const { code, stderr } = await run(["nothing"]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      "engine: No Pulumi to run: no pulumi on PATH, and none can be built, because Go is not on PATH either. Install Pulumi " +
        "3.200 or newer (https://www.pulumi.com/docs/install/), or Go 1.25.11 or newer (https://go.dev/dl/), and run this again.\n",
    );
  });

  test("builds once, then serves from the cache", async () => {
    await program("go", "go", go);
    const first = await run(["go"]);
    expect(first).toMatchObject({ code: 0 });
    const bin = first.stdout.trim();
    expect(path.dirname(path.dirname(bin))).toBe(cache);
    expect(await readdir(bin)).toEqual(expect.arrayContaining(programs));
    expect(first.stderr).toMatch(/built the Pulumi CLI v3\.259\.0 in \d+ s\nengine: Pulumi is ready after \d+ s\n$/);
    expect(await run(["go"])).toMatchObject({ code: 0, stdout: first.stdout, stderr: "" });
    expect(await builds()).toBe(3);
    expect(await readdir(cache)).toEqual([path.basename(path.dirname(bin))]);
  });

  test("passes over the Pulumi on PATH where a build is asked for", async () => {
    await installed("v3.259.0");
    await program("go", "go", go);
    const { stdout } = await run(["installed", "go"], { PULUMI_HSS_ENGINE: "build" });
    expect(stdout.startsWith(cache)).toBe(true);
  });

  test.each([
    ["go1.25.10", "the Go on PATH is 1.25.10"],
    ["go1.24", "the Go on PATH is 1.24"],
    ["devel", "does not tell its version"],
  ])("passes over Go %s", async (GO_VERSION, reason) => {
    await program("go", "go", go);
    const { code, stderr } = await run(["go"], { GO_VERSION });
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
    expect(await builds()).toBe(0);
  });

  test.each(["go1.25.11", "go1.26", "go1.26.8", "go2.0"])("builds with Go %s", async (GO_VERSION) => {
    await program("go", "go", go);
    expect(await run(["go"], { GO_VERSION })).toMatchObject({ code: 0 });
  });

  test("leaves nothing behind when the build fails, and shows what Go said", async () => {
    await program("go", "go", go);
    const { code, stderr } = await run(["go"], { BROKEN: "1" });
    expect(code).toBe(1);
    expect(stderr).toContain("Go could not build the Node.js language host v3.68.0 (exit code 1)");
    expect(stderr).toContain("  go: no such module\n");
    expect(await readdir(cache)).toEqual([]);
  });

  test("leaves nothing behind when it is stopped, and dies of the signal", async () => {
    await program("go", "go", go);
    const { child, ended } = start(["go"], { GATE: path.join(root, "never") });
    while ((await builds()) === 0) await wait(20);
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ signal: "SIGTERM" });
    expect(await readdir(cache)).toEqual([]);
  });

  test("builds once for two that start together: the second waits", async () => {
    await program("go", "go", go);
    const gate = path.join(root, "gate");
    const started = [start(["go"], { GATE: gate }), start(["go"], { GATE: gate })];
    // no build ends before the other process waits for it
    await Promise.race(started.map(({ child }) => said(child.stderr, "waiting for another process")));
    await writeFile(gate, "");
    const both = await Promise.all(started.map(({ ended }) => ended));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both[0]?.stdout).toBe(both[1]?.stdout);
    expect(await builds()).toBe(3);
    expect(both.filter(({ stderr }) => stderr.includes("waiting for another process"))).toHaveLength(1);
  });

  describe("takes over a lock that", () => {
    let lock: string;
    beforeEach(async () => {
      await program("go", "go", go);
      const { stdout } = await run(["go"]);
      lock = `${path.dirname(stdout.trim())}.lock`;
      await rm(cache, { recursive: true });
      await mkdir(lock, { recursive: true });
    });

    test("a dead process left", async () => {
      // a process that has ended; its number is not in use again so soon
      const { child, ended } = start(["nothing"]);
      await ended;
      await writeFile(path.join(lock, "holder"), `${hostname()}\n${child.pid}\n`);
      expect(await run(["go"])).toMatchObject({ code: 0 });
    });

    test("nobody has touched for a minute", async () => {
      await writeFile(path.join(lock, "holder"), `another-machine\n1\n`);
      const past = new Date(Date.now() - 61_000);
      await utimes(lock, past, past);
      expect(await run(["go"])).toMatchObject({ code: 0 });
    });
  });

  test("with --json also gives an environment that is private and quiet", async () => {
    await installed("v3.259.0");
    const home = path.join(root, "home");
    const { stdout } = await run(["installed"], {}, ["--json", home]);
    const { variables, ...rest } = JSON.parse(stdout) as { variables: Record<string, string> };
    expect(rest).toEqual({ bin: path.join(root, "installed"), version: "v3.259.0", source: "path" });
    expect(variables).toMatchObject({
      PULUMI_HOME: path.join(home, "home"),
      PULUMI_BACKEND_URL: `file://${home}/state`,
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
    expect(variables.PATH?.split(path.delimiter)[0]).toBe(path.join(root, "installed"));
    // this Pulumi comes without the script that runs dynamic providers
    expect(variables.PATH?.split(path.delimiter)[1]).toMatch(/@pulumi\/pulumi$/);
  });
});
