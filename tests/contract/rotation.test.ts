import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startEmulator, type Emulator } from "../../emulator/index.js";
import { getAppWhitelistEvents } from "../../provider/functions/getAppWhitelistEvents.js";
import { systemFiles } from "../../provider/runtime/files.js";
import type { HttpRequest, Runtime } from "../../provider/runtime/runtime.js";
import { createTransport, type ClosableTransport } from "../../provider/runtime/transport.js";
import { Session } from "../../provider/session.js";

// Two emulators are one account before and after its keys were replaced: the second refuses all that the first gave out.
interface Keys {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly token: string;
}

const before: Keys = {
  accessKey: "OLDACCESSKEY00000001",
  secretKey: "old-secret-key-0123456789",
  token: "old-token-0123",
};
const after: Keys = {
  accessKey: "NEWACCESSKEY00000001",
  secretKey: "new-secret-key-0123456789",
  token: "new-token-0123",
};
const events = 2500;

let emulators: { before: Emulator; after: Emulator };
let transport: ClosableTransport;
let home: string;
beforeAll(async () => {
  const instant = Date.now();
  const options = { events, seed: "rotation", now: () => instant };
  emulators = {
    before: await startEmulator({ ...options, ...before }),
    after: await startEmulator({ ...options, ...after }),
  };
  transport = createTransport();
});
afterAll(async () => {
  await transport.close();
  await Promise.all([emulators.before.close(), emulators.after.close()]);
});
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "hss-rotation-"));
});
afterEach(() => rm(home, { recursive: true }));

interface Form {
  readonly path?: string;
  readonly text?: (keys: Keys) => string;
  readonly env?: Record<string, string>;
}

const kooCli = (profile: (keys: Keys) => object): Form => ({
  path: ".hcloud/config.json",
  text: (keys) => JSON.stringify({ current: "default", profiles: [{ name: "default", ...profile(keys) }] }),
});
const kooKeys = ({ accessKey, secretKey }: Keys) => ({ accessKeyId: accessKey, secretAccessKey: secretKey });

const forms: Record<string, Form> = {
  "the SDK's credentials file": {
    path: ".huaweicloud/credentials",
    text: ({ accessKey, secretKey }) => `[basic]\nak = ${accessKey}\nsk = ${secretKey}\n`,
  },
  "a file that the shell names": {
    path: "keys.ini",
    text: ({ accessKey, secretKey }) => `[basic]\nak = ${accessKey}\nsk = ${secretKey}\n`,
    env: { HW_SHARED_CONFIG_FILE: "~/keys.ini" },
  },
  "KooCLI, access keys": kooCli((keys) => ({ mode: "AKSK", ...kooKeys(keys) })),
  "KooCLI, single sign-on": kooCli((keys) => ({ mode: "SSO", ssoAuth: { stsToken: kooKeys(keys) } })),
  "KooCLI, a token": kooCli(({ token }) => ({ mode: "token", token })),
  "KooCLI, an agency": kooCli((keys) => ({
    mode: "agency",
    ...kooKeys(keys),
    agencyName: "sample-agency",
    agencyDomainName: "sample-account",
  })),
  "the metadata service": {},
  "an OIDC id token": {
    env: {
      HUAWEICLOUD_SDK_IDP_ID: "sample-idp",
      HUAWEICLOUD_SDK_ID_TOKEN_FILE: join(__dirname, "../support/idToken.txt"),
    },
  },
};

interface Machine {
  readonly session: Session;
  readonly statuses: number[];
  write(keys: Keys, part?: number): Promise<void>;
}

/** `rotate` is called before the request with that number is answered. */
function machine({ path, text, env = {} }: Form, at: number, rotate: (it: Machine) => Promise<void>): Machine {
  let target = emulators.before;
  let requests = 0;
  const statuses: number[] = [];
  const send = async (request: HttpRequest) => {
    if (++requests === at) {
      target = emulators.after;
      await rotate(it);
    }
    const { host, pathname, search } = request.url;
    const response = await transport.send({
      ...request,
      url: new URL(`${pathname}${search}`, target.url),
      headers: { ...request.headers, host },
    });
    statuses.push(response.status);
    return response;
  };
  const none = () => undefined;
  const log: Runtime["log"] = { debug: none, info: none, warn: none, progress: none };
  const it: Machine = {
    session: new Session({ log, env, runtime: { files: { ...systemFiles, home }, transport: { send } } }),
    statuses,
    async write(keys, part = 1) {
      if (path === undefined || text === undefined) return;
      const file = join(home, path);
      const whole = text(keys);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, whole.slice(0, Math.floor(whole.length * part)));
    },
  };
  return it;
}

const config = { region: "cn-north-4", projectId: "p", maxConcurrency: 4 };
const read = ({ session }: Machine) => session.call(getAppWhitelistEvents, {}, { config });

describe.each(Object.entries(forms))("%s", (_, form) => {
  test("replaced in the middle of a read: whole, and the next call is too", async () => {
    const it = machine(form, 6, (self) => self.write(after));
    await it.write(before);
    expect(await read(it)).toMatchObject({ complete: true, totalNum: events });
    expect(it.statuses).toContain(401);
    const refused = it.statuses.filter((status) => status === 401).length;
    expect(await read(it)).toMatchObject({ complete: true, totalNum: events });
    expect(it.statuses.filter((status) => status === 401)).toHaveLength(refused);
  });
});

describe.each(Object.entries(forms).filter(([, { path }]) => path !== undefined))("%s", (_, form) => {
  test.each([0, 0.3, 0.6, 0.9])("written slowly, seen first at %p of its length", async (part) => {
    const it = machine(form, 6, async (self) => {
      await self.write(after, part);
      setTimeout(() => void self.write(after), 150);
    });
    await it.write(before);
    expect(await read(it)).toMatchObject({ complete: true, totalNum: events });
  });

  test("half written when the process starts", async () => {
    const it = machine(form, 1e9, () => Promise.resolve());
    await it.write(before, 0.5);
    setTimeout(() => void it.write(before), 150);
    expect(await read(it)).toMatchObject({ complete: true, totalNum: events });
  });
});

test("wrong keys in a file are an error, after they were read once more", async () => {
  const it = machine(forms["the SDK's credentials file"] ?? {}, 1e9, () => Promise.resolve());
  await it.write(after);
  await expect(read(it)).rejects.toThrow(/APIGW\.0301/);
  expect(it.statuses.length).toBeLessThanOrEqual(3);
});

test("keys of the environment can't be read again", async () => {
  const env = { HW_ACCESS_KEY: before.accessKey, HW_SECRET_KEY: before.secretKey };
  const it = machine({ env }, 6, () => Promise.resolve());
  await expect(read(it)).rejects.toThrow(/APIGW\.0301/);
});
