import { createCore } from "../../../provider/plugin/core.js";

const spoken = () => {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const log = { debug: say, info: say, warn: say, progress: say };
  return { said, core: createCore({ log, logOf: () => log, env: {} }) };
};

test.each([
  ["production", "[production] hss: endpoint"],
  ["default_0_1_0", "hss: endpoint"],
  [undefined, "hss: endpoint"],
])("of the provider %s the log says so", async (name, start) => {
  const { said, core } = spoken();
  core.configure({ endpoint: "emulator" }, name);
  const { failures } = await core.invoke("hss:index:getAppWhitelistEvents", { limit: 10, fields: ["eventId"] });
  expect(failures).toBeUndefined();
  expect(said.map((text) => text.slice(0, start.length))).toContain(start);
});

test("who sends names in snake_case reads them so in messages; nobody else does", async () => {
  const { core } = spoken();
  const said = async (args: Record<string, unknown>) => {
    const { failures = [] } = await core.invoke("hss:index:getWhitelistPolicyDocument", args);
    return failures.map(({ reason }) => reason);
  };
  const python = { select: [{ min_hosts: "2", handle_methods: [], handle_metods: ["x"] }], keepDays: 0 };
  expect(await said(python)).toEqual([
    "select.0.handle_methods: is empty, so that the entry could match nothing",
    "select.0.min_hosts: takes a whole number",
    expect.stringMatching(/^select\.0\.handle_metods: .*max_severity.*\(did you mean handle_methods\?\)$/),
    "keep_days: takes 1 or more days",
  ]);
  expect(await said({ select: [{ minHosts: "2" }] })).toEqual(["select.0.minHosts: takes a whole number"]);

  const news = { directory: "d", select: [{ min_hosts: "2" }] };
  const { failures } = await core.resources.check(
    { urn: "urn:pulumi:s::p::hss:index:ComplianceSnapshot::it" },
    {},
    news,
  );
  expect(failures).toEqual([{ property: "", reason: "select.0.min_hosts: takes a whole number" }]);
});
