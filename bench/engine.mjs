// What results cost through the real engine: `pulumi preview` of a YAML program with the plugin, against an empty one.
import { execFile } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { engine } from "../tools/engine.mjs";
import {
  built,
  checkout,
  heading,
  here,
  median,
  newSession,
  plainEnvironment,
  report,
  settingsFor,
  timed,
  withEmulator,
} from "./common.mjs";

const run = promisify(execFile);
const events = 4715;
const rounds = 5;

const sixFields = [
  "eventId",
  "severity",
  "hostName",
  "occurredAt",
  "processInfo.processPath",
  "processInfo.processHash",
];
const invoke = (name, args, output) => `variables:
  read:
    fn::invoke:
      function: hss:${name}
      arguments: ${JSON.stringify(args)}
outputs:
  result: \${read.${output}}
`;
// what a program goes on with is an output, so that it crosses the engine as it would in use
const programs = {
  empty: "outputs: {}\n",
  json: invoke("getAppWhitelistEvents", { format: "json" }, "eventsJson"),
  // used by the program, and not shown
  jsonUsed: invoke("getAppWhitelistEvents", { format: "json" }, "totalNum"),
  // the same text from a plugin that does nothing for it
  ready: invoke("getAppWhitelistEvents", { format: "json" }, "eventsJson"),
  readyUsed: invoke("getAppWhitelistEvents", { format: "json" }, "totalNum"),
  fields: invoke("getAppWhitelistEvents", { fields: sixFields }, "events"),
  typed: invoke("getAppWhitelistEvents", {}, "events"),
  document: invoke("getWhitelistPolicyDocument", { select: [{ minHosts: 2 }], format: "fapolicyd" }, "document"),
};

const pulumi = await engine();
const env = { ...pulumi.env };
for (const name of Object.keys(env)) if (!(name in plainEnvironment()) && !name.startsWith("PULUMI_")) delete env[name];

/** The plugin as it is built, with a core that reads nothing. */
async function readyProvider(settings) {
  const directory = path.join(pulumi.home, "ready-provider");
  const original = path.join(checkout, "provider");
  cpSync(original, directory, { recursive: true, filter: (source) => !/\.ts$|[/\\]core\.\w+$/.test(source) });
  copyFileSync(path.join(here, "ready-core.cjs"), path.join(directory, "bin", "core.js"));
  const { getAppWhitelistEvents } = built("provider/functions/getAppWhitelistEvents");
  const { eventsJson } = await newSession().call(getAppWhitelistEvents, { format: "json" }, { config: settings });
  writeFileSync(path.join(directory, "bin", "ready.json"), eventsJson);
  return directory;
}

async function project(name, settings, provider) {
  const cwd = path.join(pulumi.home, name);
  mkdirSync(cwd);
  writeFileSync(
    path.join(cwd, "Pulumi.yaml"),
    `name: ${name}
runtime: yaml
plugins:
  providers:
    - name: hss
      path: ${JSON.stringify(provider)}
config:
${Object.entries(settings)
  .map(([key, value]) => `  hss:${key}: { value: ${JSON.stringify(value)} }\n`)
  .join("")}${programs[name]}`,
  );
  const command = async (...args) => run("pulumi", [...args, "--non-interactive"], { cwd, env, maxBuffer: 2 ** 30 });
  await command("stack", "init", "bench");
  return () => command("preview");
}

try {
  await withEmulator({ events }, async ({ url, accessKey, secretKey }) => {
    const settings = settingsFor({ url, accessKey, secretKey });
    const ready = await readyProvider(settings);
    const previews = {};
    for (const name of Object.keys(programs)) {
      const provider = name.startsWith("ready") ? ready : path.join(checkout, "provider");
      previews[name] = await project(name, settings, provider);
    }
    const times = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
    for (let round = -1; round < rounds; round++) {
      for (const [name, preview] of Object.entries(previews)) {
        const elapsed = await timed(preview);
        if (round >= 0) times[name].push(elapsed);
      }
    }
    const medians = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
    heading(
      `engine: ${events} events, seconds more than an empty preview, medians of ${rounds} alternating previews, Pulumi ${pulumi.version}`,
    );
    const added = (name, what, most) =>
      report(what, (medians[name] - medians.empty) / 1000, {
        most,
        unit: " s",
        detail: `${(medians[name] / medians.empty).toFixed(2)} of the empty preview's ${(medians.empty / 1000).toFixed(2)} s`,
      });
    added("json", "format: json, shown as an output", 1);
    added("jsonUsed", "format: json, used and not shown", 1);
    added("ready", "  a plugin that reads nothing, the same text shown");
    added("readyUsed", "  the same, used and not shown");
    added("fields", "six fields", 2);
    added("typed", "typed, all fields", undefined);
    added("document", "a policy document of the same events", 1);
  });
} finally {
  pulumi.dispose();
}
