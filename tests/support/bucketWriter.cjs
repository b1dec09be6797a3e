// Writes to an archive in a bucket from a process of its own, through the build: told what by arguments, tells what came of it.
const { createInterface } = require("node:readline");
const { setTimeout: sleep } = require("node:timers/promises");
const { openStore } = require("../../dist/provider/archive/openStore.js");
const { systemFiles } = require("../../dist/provider/runtime/files.js");

const [work, url, archive, accessKey, secretKey, name] = process.argv.slice(2);
// what the machine's clock says
const shift = Number(process.env.SHIFT_HOURS ?? 0) * 3_600_000;
if (shift !== 0) {
  const { now } = Date;
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...args) {
      super(...(args.length === 0 ? [now() + shift] : args));
    }
    static now() {
      return now() + shift;
    }
  };
}
const warn = (line) => void process.stderr.write(`${line}\n`);
const store = openStore(archive, "/nowhere", {
  settings: {
    ...{ endpoint: new URL("http://127.0.0.1:1"), region: "cn-north-4", archiveEndpoint: new URL(url) },
    ...{ maxRetries: 4, requestTimeoutSeconds: 10 },
  },
  credentials: { get: async () => ({ kind: "aksk", accessKey, secretKey }), reject: () => false },
  runtime: {
    clock: { now: () => Date.now(), sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
    ...{ env: process.env, random: Math.random, log: { warn } },
    files: systemFiles,
  },
});

const works = {
  /** Manifest after manifest, each when it is told to: whether it was first. */
  async race() {
    await store.create(`warm-${name}.json`, Buffer.from(name));
    process.stdout.write("ready\n");
    for await (const n of createInterface({ input: process.stdin })) {
      const isFirst = await store.create(`manifests/${n.padStart(8, "0")}.json`, Buffer.from(`${name} ${n}`));
      process.stdout.write(`${isFirst}\n`);
    }
    return "done";
  },
  async touch() {
    await store.write("note.json", Buffer.from(name));
    return (await store.read("note.json")).toString();
  },
};

works[work]().then(
  (result) => process.stdout.write(`${JSON.stringify(result)}\n`),
  (error) => process.stdout.write(`${JSON.stringify({ code: error.code, message: error.message })}\n`),
);
