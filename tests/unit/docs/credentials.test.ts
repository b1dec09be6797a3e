import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configuration, resolveSettings, settingMeta } from "../../../provider/settings/index.js";
import { assumeRole } from "../../../provider/settings/schema.js";
import { unreadVariables } from "../../../provider/settings/unread.js";
import { hssEndpoint, identityEndpoint } from "../../../provider/hss/endpoint.js";

// Every row of docs/credentials.md: what it says is what happens.
const page = readFileSync(join(__dirname, "../../../docs/credentials.md"), "utf8");

/** The rows of the table under a heading, each its cells. */
function rowsUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
const codes = (cell = ""): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "");

const settings = [
  ...Object.entries(configuration.shape).map(([name, schema]) => [name, schema] as const),
  ...Object.entries(assumeRole.shape).map(([name, schema]) => [`assumeRole.${name}`, schema] as const),
].flatMap(([name, schema]) => {
  const { environment } = settingMeta(schema);
  return environment.length === 0 ? [] : [[name, [...environment]] as [string, string[]]];
});

test("the page has a row for each setting that the environment can give, in order", () => {
  expect(rowsUnder("Environment variables").map(([name, variables]) => [codes(name)[0], codes(variables)])).toEqual(
    settings,
  );
});

test("each setting on the page is one, with the default that the page says, and none that tells who asks lacks", () => {
  const cells = rowsUnder("Settings").map(([cell = ""]) => cell);
  const named = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`(?: (\d+))?/g)]);
  const resolved = resolveSettings({}, {}) as unknown as Record<string, unknown>;
  for (const [, name = "", value] of named) {
    expect(configuration.shape).toHaveProperty(name);
    if (value !== undefined) expect([name, resolved[name]]).toEqual([name, Number(value)]);
  }
  const listed = named.map(([, name]) => name);
  const absent = Object.keys(configuration.shape).filter((name) => !listed.includes(name));
  // the page has these in its prose and further tables
  expect(absent).toEqual(["userId", "domainId", "authUrl", "timestampUnit"]);
});

const samples: Record<string, string> = {
  endpoint: "https://hss.cn-north-4.myhuaweicloud.com",
  cloud: "partner.example",
  region: "cn-east-3",
  authUrl: "https://iam.cn-north-4.myhuaweicloud.com",
  archiveEndpoint: "https://obs.cn-north-4.myhuaweicloud.com",
  maxRetries: "3",
  "assumeRole.durationSeconds": "900",
};
const roleBeside = { HW_ASSUME_ROLE_AGENCY_NAME: "agency", HW_ASSUME_ROLE_DOMAIN_NAME: "account" };
const olderRoleBeside = { OS_AGENCY_NAME: "agency", OS_AGENCY_DOMAIN_NAME: "account" };

test.each(settings.flatMap(([name, variables]) => variables.map((variable) => [variable, name] as const)))(
  "%s gives %s",
  (variable, name) => {
    const value = samples[name] ?? "a-value";
    const isRole = name.startsWith("assumeRole.");
    const beside = !isRole ? {} : variable.startsWith("OS_") ? olderRoleBeside : roleBeside;
    const resolved = resolveSettings({}, { ...beside, [variable]: value });
    const given = JSON.stringify(resolved);
    // a user's name and account alone authenticate nobody: only beside a password do they count
    const named = ["userName", "userId"].includes(name)
      ? JSON.stringify(resolveSettings({}, { OS_PASSWORD: "pw", HW_USER_PASSWORD: "pw", [variable]: value }))
      : given;
    expect(named).toContain(value);
    expect(resolved.notes).toEqual([]);
  },
);

test("and a row for each variable that is not followed, with what to do instead", () => {
  expect(
    rowsUnder("Variables that are not followed").map(([variable, instead]) => [codes(variable)[0], instead]),
  ).toEqual(unreadVariables.map(({ variable, instead }) => [variable, instead]));
});

test.each(unreadVariables)("$variable alone: one warning", ({ variable, instead }) => {
  const { notes } = resolveSettings({}, { [variable]: "true" });
  expect(notes).toEqual([`${variable} is set and not followed: ${instead}`]);
});

test.each(unreadVariables.filter(({ decides }) => decides !== "safety"))(
  "$variable beside what the program says itself: none",
  ({ variable }) => {
    const own = { endpoint: "https://hss.example.com", region: "cn-north-4", accessKey: "ak", secretKey: "sk" };
    expect(resolveSettings(own, { [variable]: "x" }).notes).toEqual([]);
  },
);

test.each(rowsUnder("Which cloud"))("%s: HSS at %s, IAM at %s", (given = "", hss = "", iam = "") => {
  const region = "ru-1";
  const url = /`endpoint: ([^`]+)`/.exec(given)?.[1];
  const other = given.startsWith("any other");
  const config = {
    ...(given.includes("region") && { region: /region: ([\w-]+)/.exec(given)?.[1] ?? region }),
    ...(given.includes("cloud:") && { cloud: /cloud: ([\w.]+)/.exec(given)?.[1] }),
    ...(url !== undefined && { endpoint: url }),
    ...(other && { endpoint: "https://gateway.example.com" }),
  };
  const settled = resolveSettings(config, {});
  const expected = (cell: string) =>
    codes(cell)[0]?.replace("<region>", region).replace("<region, else ru-1>", region) ?? "";
  if (hss !== "as given") expect(hssEndpoint(settled).host).toBe(expected(hss));
  if (other) expect(() => identityEndpoint("iam", settled)).toThrow(/authUrl/);
  else expect(identityEndpoint("iam", settled).host).toBe(expected(iam));
});

test("proxies and authorities have their tests: every variable of the page stands in one", () => {
  const tests = ["../runtime/proxy.test.ts", "../../contract/networks.test.ts", "../../contract/transportTls.test.ts"]
    .map((file) => readFileSync(join(__dirname, file), "utf8"))
    .join("\n");
  const variables = rowsUnder("Networks").flatMap(([cell]) => codes(cell));
  expect(variables).toContain("NO_PROXY");
  for (const variable of variables) expect(tests).toContain(variable);
});
