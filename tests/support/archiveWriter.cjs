// A process that syncs into an archive again and again until it is killed. The service shows as many events as a file says.
const { randomBytes } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const dist = path.join(__dirname, "../../dist/provider/archive");
const { syncArchive } = require(path.join(dist, "sync.js"));
const { openStore } = require(path.join(dist, "openStore.js"));
const [, , folder, service, rounds = "Infinity"] = process.argv;

const dayMs = 24 * 60 * 60 * 1000;
const today = Math.floor(Date.now() / dayMs) * dayMs;
const eventOf = (n) => ({
  eventId: `event-${n}`,
  occurTime: String(today - (1 + (n % 20)) * dayMs + n),
  handleStatus: "unhandled",
  eventName: `Untrusted process running, ${"x".repeat(200)}`,
});
const reader = {
  placeOf: () => Promise.resolve({ project: "project-1", region: "r", endpoint: "hss.test", sample: false }),
  page: () => Promise.reject(new Error("everything is read")),
  async *stream() {
    const readAt = new Date();
    const count = Number(fs.readFileSync(service, "utf8"));
    yield Array.from({ length: count }, (_, n) => eventOf(n));
    return {
      ...{ totalNum: count, complete: true, doubts: [] },
      reading: { requests: 1, endTime: readAt.toISOString() },
    };
  },
};

async function main() {
  const store = openStore(folder, "/");
  const unique = () => randomBytes(6).toString("hex");
  const log = { warn: (message) => console.log(`warned: ${message}`) };
  for (let round = 0; round < Number(rounds); round++) {
    const { added } = await syncArchive({ store, reader, query: { filter: {} }, log, unique, full: true });
    console.log(`added ${added.events}`);
  }
}

main().catch((error) => {
  console.log(`failed: ${error.message}`);
  process.exitCode = 1;
});
