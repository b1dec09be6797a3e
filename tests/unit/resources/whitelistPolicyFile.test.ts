import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pluginWay, programWay, type Way } from "../../support/resourceWays.js";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

interface Inputs extends Record<string, unknown> {
  path: string;
  content: string;
  mode: string;
  overwrite: boolean;
}

describe.each([
  ["the plugin", pluginWay],
  ["a program", programWay],
])("WhitelistPolicyFile of %s", (_, wayOf) => {
  let way: Way;
  let directory: string;
  let file: string;
  beforeEach(async () => {
    way = wayOf("WhitelistPolicyFile");
    directory = await mkdtemp(path.join(tmpdir(), "pulumi-hss-file-"));
    file = path.join(directory, "policy.txt");
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const wanted = (content: string, more: Partial<Inputs> = {}): Inputs => ({
    path: file,
    content,
    mode: "0644",
    overwrite: false,
    ...more,
  });
  const stateOf = (inputs: Inputs) => ({ ...inputs, sha256: sha256(inputs.content), written: sha256(inputs.content) });
  const check = (news: Record<string, unknown>, olds: Record<string, unknown> = {}) => way.check(olds, news);
  const create = async (inputs: Inputs) => (await way.create(inputs)).state;
  const text = () => readFile(file, "utf8");
  const mode = async (name = file) => ((await stat(name)).mode & 0o777).toString(8);

  describe("check", () => {
    test("fills in the defaults and normalises path and mode", async () => {
      const { inputs, failures } = await check({
        path: `${directory}/a//../b.txt`,
        content: "x",
        mode: "600",
      });
      expect(failures).toEqual([]);
      expect(inputs).toEqual({
        path: `${directory}/b.txt`,
        content: "x",
        mode: "0600",
        overwrite: false,
      });
    });

    test.each([
      [{ path: "" }, "path", "is empty; name the file to write"],
      [{ path: undefined }, "path", "is empty; name the file to write"],
      [{ path: "a\0b" }, "path", "holds a NUL byte"],
      [{ path: "." }, "path", "names a directory; name the file to write"],
      [{ path: "a/.." }, "path", "names a directory; name the file to write"],
      [{ path: "../.." }, "path", "names a directory; name the file to write"],
      [{ path: "a/b/" }, "path", "names a directory; name the file to write"],
      [{ content: undefined }, "content", "is not a text"],
      [{ content: { a: 1 } }, "content", "is not a text"],
      [{ content: "a\ud800" }, "content", "holds half of a surrogate pair, which no UTF-8 file can hold"],
      ...["", "rw-r--r--", "0o644", "888", "64", "00644", "4755", "0044"].map((bad) => [
        { mode: bad },
        "mode",
        'is not three octal digits that let the owner read, as in "0644"',
      ]),
      [{ mode: 644 }, "mode", 'is not three octal digits that let the owner read, as in "0644"'],
      [{ overwrite: "yes" }, "overwrite", "is not true or false"],
    ] as [Record<string, unknown>, string, string][])("refuses %j", async (bad, property, reason) => {
      const { inputs, failures } = await check({ ...wanted("x"), ...bad });
      expect(failures).toEqual([{ property, reason }]);
      expect(Object.values(inputs!)).not.toContain(undefined);
    });

    test("names every bad argument at once", async () => {
      const { failures } = await check({ path: "", mode: "x", content: "" });
      expect(failures?.map(({ property }) => property)).toEqual(["path", "mode"]);
    });

    test.each(["path", "content", "mode", "overwrite"])("accepts a %s that the preview can't know", async (name) => {
      const { inputs, failures } = await check({ ...wanted("x"), [name]: unknown });
      expect(failures).toEqual([]);
      expect(inputs).toMatchObject({ [name]: unknown });
    });

    test("says before the creation what the creation would refuse", async () => {
      await writeFile(file, "theirs");
      const reason = `${JSON.stringify(file)} exists and holds something else; move it away, or set overwrite: true to replace it`;
      expect((await check({ ...wanted("ours") })).failures).toEqual([{ property: "path", reason }]);
      expect((await check({ ...wanted("theirs") })).failures).toEqual([]);
      expect((await check({ ...wanted("ours"), overwrite: true })).failures).toEqual([]);
      // not a creation: the file is this resource's
      expect((await check({ ...wanted("ours") }, wanted("before"))).failures).toEqual([]);
    });
  });

  describe("create", () => {
    test("writes the bytes, makes the directories, sets the mode, leaves nothing else", async () => {
      const deep = path.join(directory, "a", "b", "policy.txt");
      const content = "\ufeffzeile\r\nénd\u2028 \u{1f600}";
      const { id, state } = await way.create(wanted(content, { path: deep, mode: "0640" }));
      expect(id).toBe(deep);
      expect(state).toEqual(stateOf(wanted(content, { path: deep, mode: "0640" })));
      expect(sha256(await readFile(deep, "utf8"))).toBe(sha256(content));
      expect(await readdir(path.dirname(deep))).toEqual(["policy.txt"]);
      if (process.platform !== "win32") expect(await mode(deep)).toBe("640");
    });

    test("takes a name as long as names may be", async () => {
      const long = path.join(directory, `${"\u7b56".repeat(80)}.rules`);
      await create(wanted("a", { path: long }));
      expect(await readdir(directory)).toEqual([path.basename(long)]);
    });

    test("starts a relative path at the working directory and keeps it relative in the state", async () => {
      const before = process.cwd();
      process.chdir(directory);
      try {
        expect(await create(wanted("x", { path: "sub/x.txt" }))).toMatchObject({ path: "sub/x.txt" });
        expect(await readFile(path.join(directory, "sub", "x.txt"), "utf8")).toBe("x");
      } finally {
        process.chdir(before);
      }
    });

    test("leaves another file alone", async () => {
      await writeFile(file, "theirs");
      await expect(create(wanted("ours"))).rejects.toThrow(
        /^WhitelistPolicyFile: ".*" exists and holds something else; move it/,
      );
      expect(await text()).toBe("theirs");
      expect(await readdir(directory)).toEqual(["policy.txt"]);
    });

    test("replaces another file where that is asked for", async () => {
      await writeFile(file, "theirs");
      await create(wanted("ours", { overwrite: true }));
      expect(await text()).toBe("ours");
    });

    test("takes over a file with the same text", async () => {
      await writeFile(file, "same");
      const { ino } = await stat(file);
      await chmod(file, 0o644);
      await create(wanted("same"));
      expect((await stat(file)).ino).toBe(ino);
    });

    test("two at once on one path: one is refused, the file is whole", async () => {
      const big = (char: string) => char.repeat(1 << 20);
      const both = await Promise.allSettled(["a", "b"].map((char) => create(wanted(big(char)))));
      expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const winner = both[0]?.status === "fulfilled" ? "a" : "b";
      expect(await text()).toBe(big(winner));
      expect(await readdir(directory)).toEqual(["policy.txt"]);
    });

    test.each([true, false])("never follows a link at the path (overwrite: %s)", async (overwrite) => {
      const target = path.join(directory, "target");
      await writeFile(target, "theirs");
      await symlink(target, file);
      await expect(create(wanted("ours", { overwrite }))).rejects.toThrow(
        / is a symbolic link, not a file; name the file itself$/,
      );
      expect(await readFile(target, "utf8")).toBe("theirs");
    });

    test("does not write over a directory", async () => {
      await mkdir(file);
      await expect(create(wanted("x", { overwrite: true }))).rejects.toThrow(/ is a directory, not a file/);
    });

    test("says in one line why it can't write, and nothing of the content", async () => {
      await writeFile(file, "");
      const below = path.join(file, "a\nb\u202e.txt");
      const error: Error = (await create(wanted("the secret", { path: below })).catch(
        (e: unknown) => e as Error,
      )) as Error;
      expect(error.message).toMatch(
        /^WhitelistPolicyFile: can't write ".*a\\u\{a\}b\\u\{202e\}\.txt": (ENOTDIR|EEXIST)$/,
      );
    });
  });

  describe("read", () => {
    test("returns the same state for an intact file, as inputs too", async () => {
      const outs = await create(wanted("x"));
      expect(await way.read(file, outs)).toEqual({ id: file, state: outs, inputs: wanted("x") });
    });

    test("finds an edit, and remembers what was written", async () => {
      const outs = await create(wanted("x"));
      await writeFile(file, "edited");
      expect(await way.read(file, outs)).toEqual({
        id: file,
        state: { ...stateOf(wanted("edited")), written: sha256("x") },
        inputs: wanted("edited"),
      });
    });

    test("finds another mode", async () => {
      if (process.platform === "win32") return;
      const outs = await create(wanted("x"));
      await chmod(file, 0o777);
      expect((await way.read(file, outs)).state).toMatchObject({ mode: "0777", sha256: sha256("x") });
    });

    test("says that a removed file is gone", async () => {
      const outs = await create(wanted("x"));
      await rm(directory, { recursive: true });
      expect(await way.read(file, outs)).toEqual({});
    });

    test("describes what is not text or not a file", async () => {
      const outs = await create(wanted("x"));
      await writeFile(file, Buffer.from([0xff, 0xfe, 0]));
      expect((await way.read(file, outs)).state).toMatchObject({ content: "(3 bytes that are not UTF-8 text)" });
      await rm(file);
      await symlink("elsewhere", file);
      expect((await way.read(file, outs)).state).toMatchObject({ content: "(a symbolic link)", sha256: "" });
    });

    test("sees no change in a text that UTF-8 can't hold", async () => {
      const outs = await create(wanted("lone \ud800"));
      expect((await way.read(file, outs)).state).toEqual(outs);
    });
  });

  describe("diff", () => {
    const unchanged = { changes: false, replaces: [] };

    test("sees no change where there is none", async () => {
      const outs = await create(wanted("x"));
      expect(await way.diff(outs, wanted("x"))).toEqual(unchanged);
      expect(await way.diff(outs, wanted("x", { overwrite: true }))).toEqual(unchanged);
    });

    test.each([
      ["text", { content: "y" }],
      ["mode", { mode: "0600" }],
      ["a text that the preview can't know", { content: unknown }],
    ])("sees another %s", async (_name, news) => {
      if (process.platform === "win32" && "mode" in news) return;
      const outs = await create(wanted("x"));
      expect(await way.diff(outs, wanted("x", news))).toMatchObject({ changes: true, replaces: [] });
    });

    test("sees without a refresh that the file was edited or removed", async () => {
      const outs = await create(wanted("x"));
      await writeFile(file, "edited");
      expect(await way.diff(outs, wanted("x"))).toMatchObject({ changes: true });
      await rm(file);
      expect(await way.diff(outs, wanted("x"))).toMatchObject({ changes: true });
    });

    test("after a refresh sees the way back", async () => {
      const outs = await create(wanted("x"));
      await writeFile(file, "edited");
      const { state } = await way.read(file, outs);
      expect(await way.diff(state!, wanted("x"))).toMatchObject({ changes: true, replaces: [] });
    });

    test.each([unknown, "/nowhere/else"])("replaces where the path becomes %s", async (news) => {
      const outs = await create(wanted("x"));
      expect(await way.diff(outs, wanted("x", { path: news }))).toEqual({
        changes: true,
        replaces: ["path"],
      });
    });
  });

  describe("update", () => {
    test.each([
      ["writes the new text", () => Promise.resolve()],
      ["restores an edited file", () => writeFile(file, "edited")],
      ["restores a removed file", () => rm(file)],
    ])("%s", async (_name, before) => {
      const outs = await create(wanted("x"));
      await before();
      const after = await way.update(outs, wanted("y"));
      expect(after).toEqual(stateOf(wanted("y")));
      expect(await text()).toBe("y");
    });

    test("changes the mode alone", async () => {
      if (process.platform === "win32") return;
      const outs = await create(wanted("x"));
      await way.update(outs, wanted("x", { mode: "0400" }));
      expect(await mode()).toBe("400");
    });

    test("does not write through a link that was put there", async () => {
      const outs = await create(wanted("x"));
      await rm(file);
      await symlink("elsewhere", file);
      await expect(way.update(outs, wanted("y"))).rejects.toThrow(/is a symbolic link/);
      expect(await readdir(directory)).toEqual(["policy.txt"]);
    });
  });

  describe("delete", () => {
    test("removes what was written", async () => {
      const outs = await create(wanted("x"));
      await way.delete(outs);
      expect(await readdir(directory)).toEqual([]);
      await way.delete(outs);
      expect(way.said).toEqual([]);
    });

    test.each([true, false])("leaves an edited file and says so (refreshed before: %s)", async (refreshed) => {
      let outs = await create(wanted("x"));
      await writeFile(file, "edited");
      if (refreshed) outs = (await way.read(file, outs)).state!;
      await way.delete(outs);
      expect(await text()).toBe("edited");
      expect(way.said).toEqual([
        `WhitelistPolicyFile: ${JSON.stringify(file)} is no longer what was written; it was left in place`,
      ]);
    });

    test("leaves a link", async () => {
      const outs = await create(wanted("x"));
      await rm(file);
      await symlink("elsewhere", file);
      await way.delete(outs);
      expect(await readdir(directory)).toEqual(["policy.txt"]);
      expect(way.said).toHaveLength(1);
    });
  });

  describe("a hand edit", () => {
    test("is told with its lines", async () => {
      const outs = await create(wanted("one\ntwo\nthree\n"));
      await writeFile(file, "one\n2\u202e\nthree\nfour\n");
      await way.diff(outs, wanted("one\ntwo\nthree\n"));
      expect(way.said.join("\n").split("\n  ")).toEqual([
        `WhitelistPolicyFile: ${JSON.stringify(file)} was edited by somebody else; it will be restored. The edit:`,
        "line 2:",
        "- two",
        "+ 2\\u{202e}",
        "line 4:",
        "+ four",
      ]);
    });

    test("of an empty file, of many lines, and by other means", async () => {
      const outs = await create(wanted(""));
      await writeFile(file, "x\n".repeat(50));
      await way.diff(outs, wanted(""));
      expect(way.said.at(-1)).toContain("... and 31 more lines");
      await writeFile(file, Buffer.from([0xff]));
      await way.diff(outs, wanted(""));
      expect(way.said.at(-1)).toContain("was replaced by somebody else by (1 bytes that are not UTF-8 text)");
      await rm(file);
      await way.diff(outs, wanted(""));
      expect(way.said.at(-1)).toContain("was removed by somebody else; it will be written again");
    });
  });

  test("two edits far apart are both told, and where a long line differs", async () => {
    const lines = Array.from({ length: 100 }, (_, at) => `line ${at}`);
    const outs = await create(wanted([...lines, "x".repeat(300)].join("\n")));
    lines[3] = "allow one";
    lines[90] = "allow all";
    await writeFile(file, [...lines, `${"x".repeat(290)}y`].join("\n"));
    await way.diff(outs, wanted([...lines, "x".repeat(300)].join("\n")));
    const told = way.said.join("\n");
    for (const part of ["line 4:", "+ allow one", "line 91:", "+ allow all", "xxxxy"]) expect(told).toContain(part);
  });

  test.each(["/proc/kmsg", "/proc/self/pagemap"])("a file without an end is not read to it: %s", async (special) => {
    const { failures } = await check(wanted("x", { path: special }));
    expect(failures.map(({ property }) => property)).toEqual(["path"]);
  });

  test.each(["/proc/nope/x", "/proc/self/nope/deeper/x", "/sys/nope/x", "/dev/null/x"])(
    "a path where nothing can be made ends with an error: %s",
    async (special) => {
      await expect(create(wanted("x", { path: special }))).rejects.toThrow(/^WhitelistPolicyFile: can't write "/);
    },
  );

  test("a state that an earlier version wrote is understood", async () => {
    await writeFile(file, "x", { mode: 0o644 });
    const old = { ...wanted("x"), sha256: sha256("x"), written: sha256("x") };
    expect(await way.diff(old, wanted("x"))).toEqual({ changes: false, replaces: [] });
    expect((await way.read(file, old)).state).toEqual(old);
    await way.delete(old);
    expect(await readdir(directory)).toEqual([]);
  });

  test("an input that is none is refused with the nearest that is", async () => {
    const { failures } = await check({ ...wanted("x"), contents: "y", strange: 1 });
    // the plugin has the name in the reason: the engine would print the value of a property that a failure names
    expect(failures.map(({ property, reason }) => (property === "" ? reason : `${property}: ${reason}`))).toEqual([
      "contents: is not an input of WhitelistPolicyFile; did you mean content?",
      "strange: is not an input of WhitelistPolicyFile; expected one of path, content, mode, overwrite",
    ]);
  });
});
