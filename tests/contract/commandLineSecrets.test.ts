import { writeFileSync } from "node:fs";
import { CommandLine } from "../support/commandLine.js";

const sk = "sKq8ZxW3vB7nM5tR9yL2pK4jH6gF1dS0aQwErTyU";
const region = { HW_REGION_NAME: "cn-north-4" };
let hss: CommandLine;
beforeAll(() => void (hss = new CommandLine()));
afterAll(() => hss.close());

const pieces = Array.from({ length: sk.length - 7 }, (_, at) => sk.slice(at, at + 8));

async function said(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout, stderr } = await hss.run(args, { env });
  const text = stdout + stderr;
  expect(text).toMatch(/hss/);
  expect(pieces.filter((piece) => text.includes(piece))).toEqual([]);
  return text;
}

test.each([
  ["an alias", `password: *${sk}\n`, /hss: hss\.yaml: is not YAML \(bad alias\)/],
  ["a block", `userName: u\npassword: |${sk}\n`, /hss: hss\.yaml: line \d: is not YAML/],
  ["a folded block", `password: >${sk}\n`, /is not YAML/],
  ["a tag", `password: !a!${sk}\n`, /is not YAML \(tag resolve failed\)/],
  ["a name with its value", `secretKey=${sk}: 1\n`, /sec… \(50 characters\): is not a setting/],
  ["key and value swapped", `${sk}: secretKey\n`, /is not a setting/],
  ["a nested name", `assumeRole: {agencyName: a, domainName: d, secretKey: ${sk}}\n`, /assumeRole\.secretKey/],
])("hss.yaml with a secret that YAML takes for %s", async (_, yaml, expected) => {
  writeFileSync(hss.at("hss.yaml"), yaml);
  expect(await said(["doctor", "--config", "hss.yaml"], region)).toMatch(expected);
  writeFileSync(hss.at("hss.yaml"), "");
});

test.each([
  ["a flag with its value", ["doctor", `--secret-key=${sk}`], /unknown option '--secret-key'/],
  ["a flag that is another's", ["doctor", `-p${sk}`], /unknown option/],
  ["a command", [sk], /unknown command/],
  ["a variable", [`HW_SECRET_KEY=${sk}`, "doctor"], /unknown command/],
  ["a form of output", ["doctor", "-o", sk], /Allowed choices are/],
  ["a key of a rule", ["policy", "--select", `[{"${sk}":1}]`], /is not an argument/],
  ["a file", ["policy", "--before", sk], /there is no such file/],
  ["a flag of the emulator", ["emulator", sk], /Unexpected argument/],
])("a secret typed as %s", async (_, args, expected) => {
  expect(await said(args)).toMatch(expected);
});

test.each<[string, NodeJS.ProcessEnv]>([
  ["an address", { HW_AUTH_URL: `https://u:${sk}@iam.cn-north-4.myhuaweicloud.com` }],
  ["a file of profiles", { HW_SHARED_CONFIG_FILE: JSON.stringify({ secretAccessKey: sk }) }],
  ["the name of a user", { HW_USER_NAME: sk, HW_USER_PASSWORD: sk, HW_DOMAIN_NAME: "d" }],
  ["a region", { HW_REGION_NAME: sk, HW_ACCESS_KEY: "A", HW_SECRET_KEY: sk }],
  ["a project", { HW_PROJECT_NAME: sk, HW_ACCESS_KEY: "A", HW_SECRET_KEY: sk }],
])("doctor with a secret in the variable of %s", async (_, env) => {
  // nobody answers there
  expect(await said(["doctor"], { HTTPS_PROXY: "http://127.0.0.1:1", HW_MAX_RETRIES: "0", ...region, ...env })).toMatch(
    /Settings:/,
  );
});
