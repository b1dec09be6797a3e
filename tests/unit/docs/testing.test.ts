import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import * as emulator from "../../../emulator/index.js";
import { ArgumentError } from "../../../provider/errors.js";
import * as hss from "../../../sdk/index.js";
import { blocksOf, textOf } from "../../support/docs/markdown.js";

// The tests on docs/testing.md, run as they stand there.

const modules: Readonly<Record<string, unknown>> = {
  "@pulumi/pulumi": pulumi,
  "pulumi-hss": hss,
  "pulumi-hss/emulator": emulator,
};
const blocks = blocksOf("docs/testing.md").filter(({ language }) => language === "ts");

// the last one first: once mocks are set, nothing reaches the emulator any more
describe.each([...blocks].reverse())("$at", ({ text }) => {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const run = new Function("require", "exports", outputText) as (load: (id: string) => unknown, own: object) => void;
  run((id) => modules[id], {});
});

test("a resource is known to mocks and transforms under the type that the page says", async () => {
  const types: string[] = [];
  await pulumi.runtime.setMocks({
    call: () => ({}),
    newResource: ({ type, inputs }) => {
      types.push(type);
      return { id: "id", state: inputs as Record<string, unknown> };
    },
  });
  const file = new hss.WhitelistPolicyFile("typed", { path: "typed.rules", content: "allow" });
  await new Promise((resolve) => file.urn.apply(resolve));
  expect(types.at(-1)).toBe("pulumi-nodejs:dynamic/hss:WhitelistPolicyFile");
  expect(textOf("docs/testing.md")).toContain(`\`${types.at(-1) ?? ""}\``);
});

test.each(["provider", "parent", "version"])("the invoke option %s is an error", (option) => {
  const options = { [option]: "x" } as hss.OutputCallOptions;
  expect(() => hss.getObservedProcessesOutput({}, options)).toThrow(ArgumentError);
});
