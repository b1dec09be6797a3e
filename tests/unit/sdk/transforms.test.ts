import * as pulumi from "@pulumi/pulumi";
import { WhitelistPolicyFile } from "../../../sdk/index.js";

const registered: Record<string, unknown>[] = [];

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ inputs, name }) => {
      registered.push(inputs as Record<string, unknown>);
      return { id: name, state: inputs as object };
    },
    call: ({ inputs }) => inputs as object,
  }),
);
beforeEach(() => registered.splice(0));

const file = async (content: pulumi.Input<string>, options: pulumi.CustomResourceOptions = {}) => {
  const { urn } = new WhitelistPolicyFile("policy", { path: "a.txt", content }, options);
  await new Promise((resolve) => urn.apply(resolve));
  return { secrets: registered[0]?.["__secrets"] };
};

const secretContent: pulumi.ResourceTransformation = ({ props, opts }) => ({
  props: { ...props, content: pulumi.secret((props as { content: string }).content) },
  opts,
});

test("the provider is told which inputs are secrets, also those that a transformation makes ones", async () => {
  expect((await file("allow")).secrets).toBe("");
  registered.splice(0);
  expect((await file(pulumi.secret("allow"))).secrets).toBe("content");
  registered.splice(0);
  expect((await file("allow", { transformations: [secretContent] })).secrets).toBe("content");
});

test("where the engine may still transform the inputs, all of them may be secrets", async () => {
  const store = (globalThis as unknown as { globalStore: { callbacks?: unknown } }).globalStore;
  // as `registerResourceTransform` leaves it; mocks know no transforms
  store.callbacks = { awaitStackRegistrations: () => Promise.resolve(), shutdown: () => undefined };
  try {
    expect((await file("allow")).secrets).toBe("path content");
  } finally {
    delete store.callbacks;
  }
});
