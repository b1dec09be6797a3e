#!/usr/bin/env node
// A report of sample data, and pictures of it: `node tools/report-screenshots.mjs FOLDER [chromium]`, after a build.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { reportHtml } from "../dist/provider/evidence/report.js";

const [folder = "report-screenshots", browser = "chromium"] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const hss = (...args) =>
  execFileSync(
    process.execPath,
    [fileURLToPath(new URL("../dist/cli/hss.js", import.meta.url)), ...args, "--sample", "--output", "json"],
    { encoding: "utf8", maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "ignore"] },
  );
const { processes, withoutHash, source } = JSON.parse(hss("observed"));
const policy = JSON.parse(hss("policy", "--select", '[{"handleMethods":["mark_as_trust"],"minHosts":2}]'));
const days = new Map();
for (const { occurredAt, severity } of JSON.parse(hss("events")).events) {
  const counts = days.get(occurredAt.slice(0, 10)) ?? {};
  counts[severity] = (counts[severity] ?? 0) + 1;
  days.set(occurredAt.slice(0, 10), counts);
}
// what the sample has none of
const hostile = processes.slice(40, 43).map((process, index) => ({
  ...process,
  ...{ hash: process.hash.replace(/^.../, `00${index}`), hostCount: 40 - index, nameCount: 3 },
  names: ["<script>alert(1)</script>", "\u202egnp.exe שלום 2 עולם", "x".repeat(10_000)],
  paths: [`/opt/${"é\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301".repeat(9)}/\u0000`],
}));
const html = reportHtml({
  title: "Process whitelist snapshot",
  place: source,
  ...{ window: source.window, createdAt: source.readAt, version: source.version, sample: true, complete: false },
  proof: [
    "The total the service reports was read twice and did not change: 4715.",
    "The end of the list was not reached.",
  ],
  events: source.counts.events,
  perDay: [...days].map(([day, counts]) => ({ day, counts })),
  ...{ processes: [...hostile, ...processes], withoutHash },
  policy: { ...policy, notExpressible: policy.notExpressible.length },
  changes: [
    { kind: "new hash", hash: processes[3].hash, text: "seen for the first time, on 12 servers" },
    { kind: "no longer seen", hash: processes[9].hash, text: "no event for 30 days" },
    { kind: "server", server: "测试主机-🦊-41", text: "a server that was not there before" },
  ],
  verify: [
    "sha256sum --check SHA256SUMS",
    "cosign verify-blob-attestation --key snapshot.pub --signature statement.dsse.json --type https://example.com/snapshot/v1 --insecure-ignore-tlog observation.json",
  ],
});
const report = path.resolve(folder, "report.html");
writeFileSync(report, html);

const home = mkdtempSync(path.join(os.tmpdir(), "report-"));
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
const run = (...more) =>
  execFileSync(browser, [...flags, "--hide-scrollbars", `--user-data-dir=${home}`, ...more], { stdio: "ignore" });
// a window can't be narrower than 500 pixels, a frame can
const frame = path.join(home, "frame.html");
for (const [name, width, height] of [
  ["phone", 390, 9000],
  ["laptop", 1366, 6500],
  ["a4", 794, 8000],
]) {
  writeFileSync(
    frame,
    `<body style="margin:0"><iframe src="${pathToFileURL(report)}" style="border:0;width:${width}px;height:${height}px"></iframe>`,
  );
  for (const [colours, setting] of [
    ["dark", 0],
    ["light", 1],
  ]) {
    const target = path.resolve(folder, `${name}-${colours}.png`);
    const look = `--blink-settings=preferredColorScheme=${setting}`;
    run(look, `--screenshot=${target}`, `--window-size=${Math.max(500, width)},${height}`, `${pathToFileURL(frame)}`);
  }
}
run("--no-pdf-header-footer", `--print-to-pdf=${path.resolve(folder, "a4.pdf")}`, `${pathToFileURL(report)}`);
rmSync(home, { recursive: true, force: true });
