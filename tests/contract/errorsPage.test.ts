import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmulator, type EmulatorOptions } from "../../emulator/index.js";
import { HssError } from "../../provider/errors.js";
import { createSnapshot } from "../../provider/evidence/createSnapshot.js";
import { functions } from "../../provider/functions/index.js";
import { whitelistPolicyFile } from "../../provider/resources/whitelistPolicyFile.js";
import { systemDisk } from "../../provider/runtime/disk.js";
import { Session } from "../../provider/session.js";
import { blocksOf, textOf } from "../support/docs/markdown.js";

// Every example on docs/errors.md and docs/permissions.md is what a call says that fails in this way.

const projectId = "0123456789abcdef0123456789abcdef";
const keys = { accessKey: "SAMPLEACCESSKEY00001", secretKey: "sample-secret-key-for-the-emulator-only" };
const silent = () => undefined;
const log = { debug: silent, info: silent, warn: silent, progress: silent };

type Config = Record<string, unknown>;

async function call(args: Config, config: Config, signal?: AbortSignal): Promise<unknown> {
  const session = new Session({ log, env: {} });
  const definition = functions.find(({ name }) => name === "getAppWhitelistEvents")!;
  return session.call(definition, args, { config: [{ projectId, maxRetries: 0, ...config }], signal });
}

/** The same on an emulator, whose address is then that of a real service. */
async function onEmulator(options: EmulatorOptions, run: (endpoint: string) => Promise<unknown>): Promise<string> {
  const emulator = await startEmulator(options);
  try {
    return (await failure(() => run(emulator.url))).replaceAll(
      emulator.url,
      "https://hss.cn-north-4.myhuaweicloud.com",
    );
  } finally {
    await emulator.close();
  }
}

let code: string | undefined;
async function failure(run: () => Promise<unknown>): Promise<string> {
  const error: unknown = await run().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!HssError.is(error)) throw new Error("did not fail as it should", { cause: error });
  code = error.code;
  return error.message.replace(/request id [0-9a-f]{32}/g, "request id 8f4a");
}

const refused = {
  kind: "status" as const,
  status: 403,
  body: { error_code: "HSS.0013", error_msg: "Insufficient permissions" },
  headers: { "x-request-id": "8f4a" },
};

const examples: Readonly<Record<string, () => Promise<string>>> = {
  HSS_ARGUMENT: () => failure(() => call({ lastDays: 31, handleStatus: "open" }, { endpoint: "emulator" })),
  HSS_CONFIGURATION: () => failure(() => call({}, {})),
  HSS_CREDENTIALS: () =>
    onEmulator({}, (endpoint) =>
      call(
        { limit: 10 },
        { endpoint, authUrl: endpoint, userName: "ops", password: "not-the-password", domainName: "acme" },
      ),
    ),
  HSS_SERVICE: () => onEmulator({ faults: () => refused }, (endpoint) => call({ limit: 10 }, { endpoint, ...keys })),
  HSS_TRANSPORT: () =>
    onEmulator({ faults: () => ({ kind: "reset" }) }, (endpoint) => call({ limit: 10 }, { endpoint, ...keys })),
  HSS_RESPONSE: () =>
    onEmulator({ faults: () => ({ kind: "html", status: 200 }) }, (endpoint) =>
      call({ limit: 10 }, { endpoint, ...keys }),
    ),
  HSS_INCOMPLETE: () => {
    // all at one time: in which order, nobody knows
    const edit = (body: string) => body.replace(/"occur_time":\d+/g, '"occur_time":1790000000000');
    const faults: EmulatorOptions["faults"] = () => ({ kind: "edit", edit });
    return onEmulator({ faults, events: 500 }, (endpoint) => call({}, { endpoint, ...keys }));
  },
  HSS_DEADLINE: () =>
    onEmulator({}, (endpoint) => call({}, { endpoint, ...keys, requestsPerMinute: 5, deadlineSeconds: 60 })),
  HSS_ABORTED: () => failure(() => call({}, { endpoint: "emulator" }, AbortSignal.abort())),
  HSS_FILE: async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "pulumi-hss-errors-"));
    try {
      const file = path.join(folder, "35-hss-whitelist.rules");
      writeFileSync(file, "theirs\n");
      const call = () => Promise.reject(new Error("asks no service"));
      const context = { disk: systemDisk, log, call, secrets: new Set<string>(), claims: new Map<string, string>() };
      const wanted = { path: file, content: "ours\n", mode: "0644", overwrite: false };
      const message = await failure(async () => whitelistPolicyFile.create(context, wanted));
      return message.replaceAll(folder, "policy");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  HSS_SIGNING: () =>
    failure(() => {
      const session = new Session({ log, env: { PATH: process.env["PATH"] } });
      const args = { directory: "evidence", signWith: "sh -c 'echo no such key >&2; exit 1'" };
      return session.call(createSnapshot, args, { config: { projectId, endpoint: "emulator" } });
    }),
};

/** The sections of the page by code, each with its blocks of text. */
const sections = new Map(
  textOf("docs/errors.md")
    .split(/^## /m)
    .map((section) => [/^`?(HSS_\w+)/.exec(section)?.[1] ?? "", section] as const)
    .filter(([name]) => name !== ""),
);

test("the page has a section for each code, in the order of provider/errors.ts", () => {
  const codes = [...textOf("provider/errors.ts").matchAll(/^ {2}\| "(HSS_\w+)"/gm)].map(([, name]) => name);
  expect([...sections.keys()]).toEqual(codes);
  expect(Object.keys(examples)).toEqual(codes);
});

test.each(Object.keys(examples))("%s: the example is what a call says", async (name) => {
  const message = await examples[name]!();
  expect(code).toBe(name);
  const [example] = blocksOf("docs/errors.md", sections.get(name)).filter(({ language }) => language === "text");
  expect(example?.text.trim()).toBe(message);
});

test("the 403 of the page of permissions is what the client says", async () => {
  const [example] = blocksOf("docs/permissions.md").filter(({ language }) => language === "text");
  expect(example?.text.trim()).toBe(await examples["HSS_SERVICE"]!());
});
