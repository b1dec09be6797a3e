import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { partRows } from "../../provider/archive/parts.js";
import { verifyArchive } from "../../provider/archive/verify.js";
import { folderStore } from "../support/archive.js";

// Two processes sync into one folder at the same time, and each is killed again and again, wherever it happens to be.

const kills = Number(process.env["ARCHIVE_KILLS"] ?? 24);
const most = 1000;

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), "archive-killed-"));
});
afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

const started = (...args: string[]) => {
  const child = spawn(
    process.execPath,
    [
      path.join(__dirname, "../support/archiveWriter.cjs"),
      path.join(root, "archive"),
      path.join(root, "service"),
      ...args,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  return { child, said: () => said, ended: once(child, "close") };
};

test(`${kills} kills of two processes that sync at once: every event once, and every check met`, async () => {
  let shown = 1;
  const show = () => {
    shown = Math.min(most, shown + 2);
    fs.writeFileSync(path.join(root, "service.new"), String(shown));
    fs.renameSync(path.join(root, "service.new"), path.join(root, "service"));
  };
  show();
  const ticking = setInterval(show, 20);
  const said: string[] = [];
  let left = kills;
  const killing = async () => {
    while (left-- > 0) {
      const writer = started();
      // from its first sync on, at any moment
      await Promise.race([once(writer.child.stdout, "data"), writer.ended]);
      await sleep(Math.random() * 100);
      writer.child.kill("SIGKILL");
      await writer.ended;
      said.push(...writer.said().split("\n"));
    }
  };
  try {
    await Promise.all([killing(), killing()]);
  } finally {
    clearInterval(ticking);
  }
  expect(said.filter((line) => line !== "" && !line.startsWith("added "))).toEqual([]);
  expect(said.filter((line) => /^added [1-9]/.test(line)).length).toBeGreaterThan(kills / 8);

  // as it lies, and as the next one leaves it
  const archive = path.join(root, "archive");
  const failures = async () => (await verifyArchive(folderStore(archive))).checks.filter(({ ok }) => !ok);
  expect(await failures()).toEqual([]);
  const last = started("2");
  await last.ended;
  expect(last.said()).toMatch(/^added \d+\nadded 0\n$/);
  expect(await failures()).toEqual([]);
  const ids: string[] = [];
  for (const file of fs.readdirSync(archive, { recursive: true }) as string[]) {
    if (!file.endsWith(".parquet")) continue;
    expect(file).toMatch(/^ext/);
    for await (const { event } of partRows(fs.readFileSync(path.join(archive, file)))) ids.push(event.eventId ?? "");
  }
  expect(ids.sort()).toEqual(Array.from({ length: shown }, (_, n) => `event-${n}`).sort());
});
