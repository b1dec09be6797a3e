import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import type { FunctionDefinition } from "../../../provider/functions/definition.js";
import { functions } from "../../../provider/functions/index.js";
import { Session } from "../../../provider/session.js";
import type * as Program from "../../../examples/configmap/index.js";

// the package by its name is the build; here it is the sources
jest.mock("pulumi-hss", () => jest.requireActual<object>("../../../sdk/index"), { virtual: true });

interface ConfigMap {
  metadata: { annotations: Record<string, string> };
  data: Record<string, string>;
}

const ignore = () => undefined;
const session = new Session({ log: { debug: ignore, info: ignore, warn: ignore, progress: ignore }, env: {} });
const made: { type: string; inputs: ConfigMap }[] = [];
const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

test("the policy is a ConfigMap's text, hostile names of files included", async () => {
  await pulumi.runtime.setMocks(
    {
      // as the plugin would answer
      call: async ({ token, inputs }) => {
        const definition = functions.find(({ name }) => token.endsWith(`:${name}`)) as FunctionDefinition;
        const config = { endpoint: "emulator" };
        return session.call(definition, inputs as Record<string, unknown>, { config });
      },
      newResource: ({ type, name, inputs }) => {
        made.push({ type, inputs: inputs as ConfigMap });
        return { id: `${name}-id`, state: inputs as Record<string, unknown> };
      },
    },
    "whitelist-configmap",
    "test",
    false,
  );
  pulumi.runtime.setAllConfig({
    "hss:endpoint": "emulator",
    // the sample files whose names hold line breaks, escape sequences, templates and commands
    "whitelist-configmap:select": JSON.stringify([{ paths: ["/home/sample/**"] }]),
  });

  const program = jest.requireActual<typeof Program>("../../../examples/configmap/index");
  expect(await value(program.summary)).toMatch(/^9 of 325 observed hashes allowed/);
  await new Promise(setImmediate);

  expect(made.map(({ type }) => type)).toEqual(["kubernetes:core/v1:ConfigMap"]);
  const { metadata, data } = made[0]!.inputs;
  expect(Object.keys(data)).toEqual(["35-hss-whitelist.rules"]);
  const document = data["35-hss-whitelist.rules"]!;
  expect(metadata.annotations).toEqual({
    "hss.example.com/sha256": createHash("sha256").update(document).digest("hex"),
    "hss.example.com/complete": "true",
  });
  // printable lines only, each a comment or a rule, and no more rules than hashes
  expect(document).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
  const rules = document.split("\n").filter((line) => line !== "" && !/^[#%]/.test(line));
  expect(rules).toHaveLength(2 * 7);
  for (const rule of rules)
    expect(rule).toMatch(/^allow_audit perm=(?:execute all :|open all : ftype=%hss_scripts) sha256hash=[0-9a-f]{64}$/);
});
