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
