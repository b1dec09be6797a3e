#!/usr/bin/env node
// The main job under a real Pulumi engine, on sample data: nothing is uploaded, no account is asked for, nothing is left
// behind but the engine's own cache.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { engine } from "./engine.mjs";

const checkout = fileURLToPath(new URL("..", import.meta.url));
const startedAt = performance.now();

const { env, home, dispose, version, source } = await engine();
const directory = path.join(home, "policy");

// the root project, with a folder of its own for the stack's configuration, so that the checkout stays as it is
const project = path.join(home, "project");
mkdirSync(project);
const definition = readFileSync(path.join(checkout, "Pulumi.yaml"), "utf8");
writeFileSync(
  path.join(project, "Pulumi.yaml"),
  definition.replace(
    /^main: .*$/m,
    `main: ${JSON.stringify(path.join(checkout, "examples/whitelist-policy/index.ts"))}`,
  ),
);

/**
 * Runs Pulumi in the root project and shows what it prints.
 *
 * @param {string[]} args
 * @param {{show?: boolean}} [options]
 * @returns {Promise<string>}
 */
const pulumi = (args, { show = true } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(
      "pulumi",
      [...args, "--non-interactive", "--color", show && process.stdout.isTTY ? "always" : "never"],
      {
        cwd: project,
        env: { ...env, PULUMI_CONFIG_PASSPHRASE: "demo" },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (show) process.stdout.write(chunk);
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
      if (show) process.stderr.write(chunk);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`pulumi ${args.join(" ")} ended with ${code}${show ? "" : `:\n${output}`}`));
    });
  });

/** @param {string} title */
const step = (title) => console.log(`\n\u2500\u2500 ${title} ${"\u2500".repeat(Math.max(0, 96 - title.length))}`);

/**
 * The first rows of the policy, for people. Texts of events are made printable by the document itself.
 *
 * @param {{included: {hash: string, reasons: string[], evidence: {names: string[], paths: string[], hostCount: number, eventCount: number}}[]}} policy
 */
const showPolicy = ({ included }) => {
  const cell = (text, width) => (text.length > width - 2 ? `${text.slice(0, width - 3)}\u2026` : text).padEnd(width);
  const row = (hash, name, file, servers, events, why) =>
    console.log(
      `  ${cell(hash, 14)}${cell(name, 18)}${cell(file, 30)}${servers.padStart(7)}${events.padStart(8)}  ${why}`,
    );
  console.log("\nThe policy's first rows:\n");
  row("hash", "name", "path", "servers", "events", "why");
  for (const { hash, reasons, evidence } of included.slice(0, 8)) {
    const { names, paths, hostCount, eventCount } = evidence;
    row(
      `${hash.slice(0, 10)}\u2026`,
      names[0] ?? "",
      paths[0] ?? "",
      `${hostCount}`,
      `${eventCount}`,
      reasons[0] ?? "",
    );
  }
  if (included.length > 8) console.log(`  \u2026 and ${included.length - 8} more`);
};

try {
  console.log(
    `Pulumi ${version} (${source === "path" ? "installed here" : source === "cache" ? "built earlier" : "just built"}), state in a temporary folder, sample data from the embedded emulator`,
  );
  await pulumi(["stack", "init", "demo"], { show: false });
  await pulumi(["config", "set", "directory", directory], { show: false });

  step("pulumi preview: what would be made");
  await pulumi(["preview"]);

  step("pulumi up: the policy is written");
  await pulumi(["up", "--yes", "--skip-preview"]);
  showPolicy(JSON.parse(readFileSync(path.join(directory, "whitelist.json"), "utf8")));

  step("pulumi preview again: the same events, the same policy");
  await pulumi(["preview", "--expect-no-changes"]);

  step("pulumi preview of a stricter rule: never git, never make");
  await pulumi(
    [
      "config",
      "set",
      "exclude",
      JSON.stringify([{ kinds: ["interpreter", "shell"] }, { paths: ["/usr/bin/git", "/usr/bin/make"] }]),
    ],
    { show: false },
  );
  await pulumi(["preview", "--diff", "--target", "**::policy"]);

  console.log(
    `\nDone in ${Math.round((performance.now() - startedAt) / 1000)} s. The program: examples/whitelist-policy/index.ts`,
  );
} catch (error) {
  console.error(`\ndemo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  dispose();
}
