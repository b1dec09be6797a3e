import { unwrapSecrets } from "../../provider/plugin/struct.js";
import { createResources } from "../../provider/plugin/resources.js";
import { operationsOf } from "../../sdk/dynamic.js";

type Values = Record<string, unknown>;

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** One resource's steps, whichever way in: values in the clear, and what was said to a person. */
export interface Way {
  check(olds: Values, news: Values): Promise<{ inputs: Values; failures: readonly Failure[] }>;
  diff(state: Values, inputs: Values): Promise<{ changes: boolean; replaces: readonly string[] }>;
  create(inputs: Values): Promise<{ id: string; state: Values }>;
  read(id: string, state: Values): Promise<{ id?: string; state?: Values; inputs?: Values }>;
  update(state: Values, inputs: Values): Promise<Values>;
  delete(state: Values): Promise<void>;
  readonly said: string[];
}

/** As the plugin serves it. */
export function pluginWay(type: string): Way {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const resources = createResources(
    () => ({ debug: say, info: say, warn: say, progress: say }),
    () => Promise.reject(new Error("no service is called here")),
  );
  const about = (id = "") => ({ urn: `urn:pulumi:s::p::hss:index:${type}::it`, id });
  const plain = (values: Values) => unwrapSecrets(values).value as Values;
  return {
    said,
    check: async (olds, news) => {
      const { inputs, failures } = await resources.check(about(), olds, news);
      return { inputs: plain(inputs), failures };
    },
    diff: async (state, inputs) => {
      const { changed, replaces } = await resources.diff(about(), state, inputs);
      return { changes: changed, replaces };
    },
    create: (inputs) => resources.create(about(), inputs, false),
    read: (id, state) => resources.read(about(id), state),
    update: (state, inputs) => resources.update(about(), state, inputs, false),
    delete: (state) => resources.delete(about(), state),
  };
}

/** As a program's own dynamic provider does it; what it prints is what it says. */
export function programWay(type: string): Way {
  const operations = operationsOf(type);
  const said: string[] = [];
  const spoken = async <T>(work: () => Promise<T>): Promise<T> => {
    const spy = jest.spyOn(console, "error").mockImplementation((text: string) => void said.push(text));
    return work().finally(() => spy.mockRestore());
  };
  const own = ({ __secrets: _, ...rest }: Values = {}) => rest;
  // `sha256` is an input there too, so that it is as secret as the content
  const inputsOf = ({ sha256: _, ...rest }: Values) => own(rest);
  const marked = (values: Values) => ({ ...values, __secrets: "" });
  return {
    said,
    check: (olds, news) =>
      spoken(async () => {
        const { inputs = {}, failures = [] } = await operations.check(olds, marked(news));
        return { inputs: inputsOf(inputs as Values), failures };
      }),
    diff: (state, inputs) =>
      spoken(async () => {
        const { changes = false, replaces = [] } = await operations.diff(marked(state), marked(inputs));
        return { changes, replaces };
      }),
    create: async (inputs) => {
      const { id, outs } = await operations.create(marked(inputs));
      return { id, state: own(outs as Values) };
    },
    read: async (id, state) => {
      const { id: found, props, inputs } = await operations.read(id, marked(state));
      return found === undefined ? {} : { id: found, state: own(props as Values), inputs: inputsOf(inputs as Values) };
    },
    update: async (state, inputs) => own((await operations.update(state, marked(inputs))).outs as Values),
    delete: (state) => spoken(() => operations.delete(marked(state))),
  };
}
