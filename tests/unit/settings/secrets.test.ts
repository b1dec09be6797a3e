import { inspect } from "node:util";
import type { FunctionDefinition } from "../../../provider/functions/definition.js";
import { getAppWhitelistEvents } from "../../../provider/functions/getAppWhitelistEvents.js";
import { getWhitelistPolicyDocument } from "../../../provider/functions/getWhitelistPolicyDocument.js";
import type { Runtime } from "../../../provider/runtime/runtime.js";
import { systemFiles } from "../../../provider/runtime/files.js";
import { Session } from "../../../provider/session.js";
import { secretsIn } from "../../../provider/settings/index.js";

const sk = "sKq8ZxW3vB7nM5tR9yL2pK4jH6gF1dS0aQwErTyU";
const password = "Passw0rd-secret-1";

test.each([
  ["a setting", { secretKey: sk }],
  ["a name in another spelling", { SECRETKEY: sk }],
  ["a nested one", { assumeRole: { secretKey: sk } }],
  ["the text of one", { sharedConfigFile: JSON.stringify({ profiles: [{ secretAccessKey: sk }] }) }],
  ["a list", { password: [sk] }],
  ["an address", { authUrl: `https://user:${sk}@iam.example.com` }],
  ["an address without a user", { endpoint: `https://${sk}@hss.example.com/` }],
])("a secret in %s is known", (_, config) => {
  expect(secretsIn([config], {})).toContain(sk);
});

test.each([
  ["HW_SECRET_KEY", sk],
  ["OS_TOKEN", sk],
  ["HW_ASSUME_ROLE_ID_TOKEN", sk],
  ["HW_AUTH_URL", `https://user:${sk}@iam.example.com`],
  ["HTTPS_PROXY", `http://user:${sk}@proxy.example.com:3128`],
])("the secret in %s is known", (name, value) => {
  expect(secretsIn([], { [name]: value })).toContain(sk);
});

test("a number is the text that would be sent, and words of a few letters are not looked for", () => {
  expect(
    secretsIn([{ password: 1234567890, token: "admin", region: "cn-north-4" }], { OS_PASSWORD: "secret" }),
  ).toEqual(["1234567890"]);
});

/** All that leaves a call: the error whole, and the log. */
async function left(
  config: Record<string, unknown>,
  { args = {}, env = {}, files = {}, definition = getAppWhitelistEvents }: Given = {},
): Promise<string> {
  let time = 0;
  const said: string[] = [];
  const note = (line: string) => void said.push(line);
  const runtime: Partial<Runtime> = {
    files: { ...systemFiles, home: "/home/u", readText: (path) => Promise.resolve(files[path]) },
    // time passes while somebody waits
    clock: { now: () => time, sleep: (ms) => Promise.resolve(void (time += ms)) },
    transport: { send: () => Promise.resolve({ status: 200, headers: {}, body: JSON.stringify({ projects: [] }) }) },
  };
  const log = { debug: note, info: note, warn: note, progress: note };
  const session = new Session({ log, env, runtime });
  const error: unknown = await session.call(definition, args, { config }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  return [inspect(error, { depth: 20, showHidden: true }), ...said].join("\n");
}

interface Given {
  readonly args?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly files?: Readonly<Record<string, string>>;
  readonly definition?: FunctionDefinition;
}

const pieces = (secret: string) =>
  Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8).toLowerCase());

const keys = { region: "cn-north-4", accessKey: "AKIDAAAABBBBCCCC1234", secretKey: sk };
const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJlc2lnbmF0dXJl";
const shell = { HW_REGION_NAME: "cn-north-4" };
const credentials = "/home/u/.huaweicloud/credentials";

test.each<[string, string, Record<string, unknown>, Given?]>([
  ["a project's name", sk, { ...keys, projectName: sk }],
  ["a name of a setting", sk, { [sk]: "secretKey" }],
  ["a name with its value", sk, { [`secretKey=${sk}`]: 1 }],
  ["a nested name", sk, { assumeRole: { agencyName: "a", domainId: "d", [sk]: "1" } }],
  ["a profile", sk, { region: "cn-north-4", profile: sk }],
  ["a file of authorities", password, { caFile: password, userName: "u", domainName: "d", password }],
  [
    "a file of profiles",
    sk,
    { sharedConfigFile: JSON.stringify({ profiles: [{ secretAccessKey: sk }] }) },
    { env: shell },
  ],
  ["a host", sk, { ...keys, endpoint: `https://${sk}.example.com:x` }],
  ["a host that is another one", sk, { ...keys, endpoint: `https://${sk}.example.com./` }],
  ["an argument", sk, {}, { args: { [sk]: "x" } }],
  ["a field", sk, {}, { args: { fields: [sk] } }],
  [
    "a value of a known secret",
    sk,
    keys,
    { args: { select: [{ paths: [sk] }] }, definition: getWhitelistPolicyDocument },
  ],
  ["a key of select", sk, {}, { args: { select: [{ [sk]: 1 }] }, definition: getWhitelistPolicyDocument }],
  ["a format", sk, {}, { args: { format: sk }, definition: getWhitelistPolicyDocument }],
  [
    "the file of an id token",
    jwt,
    {},
    { env: { ...shell, HUAWEICLOUD_SDK_IDP_ID: "i", HUAWEICLOUD_SDK_ID_TOKEN_FILE: jwt } },
  ],
  ["a variable that is not used", sk, { projectId: "p", profile: sk }, { env: { ...shell, OS_SECRET_KEY: sk } }],
  [
    "an address of IAM in a profile",
    sk,
    {},
    { env: shell, files: { [credentials]: `[basic]\nak=A\niam_endpoint=${sk}\nsk=${sk}\n` } },
  ],
  // a fourth parameter of its own would be jest's callback where a row has three
])("a secret where %s is expected is not repeated", async (...[, secret, config, given]) => {
  const text = (await left(config, given)).toLowerCase();
  expect(pieces(secret).filter((piece) => text.includes(piece))).toEqual([]);
});
