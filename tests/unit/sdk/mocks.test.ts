import * as pulumi from "@pulumi/pulumi";
import { connect } from "node:net";
import {
  getAppWhitelistEvents,
  getAppWhitelistEventsOutput,
  getWhitelistPolicyDocumentOutput,
  WhitelistPolicyFile,
} from "../../../sdk/index.js";

// A user's unit test of a program: nothing is configured, and no call leaves the process.
jest.mock("node:net", () => ({
  ...jest.requireActual<object>("node:net"),
  connect: jest.fn(() => {
    throw new Error("a socket was opened");
  }),
}));

const calls: pulumi.runtime.MockCallArgs[] = [];
const made: pulumi.runtime.MockResourceArgs[] = [];
beforeAll(() =>
  pulumi.runtime.setMocks(
    {
      call: (args) => {
        calls.push(args);
        return { totalNum: 7, document: "allow", inputs: args.inputs };
      },
      newResource: (args) => {
        made.push(args);
        return { id: `${args.name}-id`, state: args.inputs as Record<string, unknown> };
      },
    },
    "project",
    "stack",
    false,
  ),
);
beforeEach(() => {
  calls.length = 0;
});
afterAll(() => expect(connect).not.toHaveBeenCalled());

const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

test("a call is answered by the mocks, with the plugin's token and arguments", async () => {
  expect(await getAppWhitelistEvents({ lastDays: 7, hostName: undefined })).toMatchObject({ totalNum: 7 });
  expect(calls).toMatchObject([{ token: "hss:index:getAppWhitelistEvents", inputs: { lastDays: 7 } }]);
});

test("so is one with outputs, and a resource made of it", async () => {
  const select = [{ names: [pulumi.output("nginx")], minHosts: pulumi.output(2) }];
  const policy = getWhitelistPolicyDocumentOutput({ select, format: "fapolicyd" });
  const file = new WhitelistPolicyFile("policy", { path: "out.rules", content: policy.document });
  expect(await value(file.content)).toBe("allow");
  expect(calls).toMatchObject([
    {
      token: "hss:index:getWhitelistPolicyDocument",
      inputs: { select: [{ names: ["nginx"], minHosts: 2 }], format: "fapolicyd" },
    },
  ]);
  expect(made.at(-1)).toMatchObject({ name: "policy", inputs: { path: "out.rules", content: "allow" } });
});

test("dependsOn a component waits for what is below it", async () => {
  class Child extends pulumi.CustomResource {}
  class Component extends pulumi.ComponentResource {
    constructor(child: Promise<string>) {
      super("test:index:Component", "component");
      new Child("test:index:Child", "child", { child }, { parent: this });
    }
  }
  let exists: (name: string) => void = () => undefined;
  const component = new Component(new Promise((resolve) => (exists = resolve)));
  const output = getAppWhitelistEventsOutput({ limit: 10 }, { dependsOn: component });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(calls).toEqual([]);
  exists("child");
  expect(await value(output)).toMatchObject({ totalNum: 7 });
});
