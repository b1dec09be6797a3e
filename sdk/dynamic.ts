import type * as pulumi from "@pulumi/pulumi";
import type { ResourceContext, Values } from "../provider/resources/definition.js";
import { resources } from "../provider/resources/index.js";
import * as lifecycle from "../provider/resources/lifecycle.js";
import { isRecord, parseJson } from "../provider/values.js";
import { Session } from "../provider/session.js";
import type { Log } from "../provider/runtime/runtime.js";
import { systemDisk } from "../provider/runtime/disk.js";

/** What `DefinedResource` puts beside the inputs, for this file alone. */
const own = { secrets: "__secrets", imported: "__import", owner: "__owner", settings: "__settings" } as const;

/** The steps of a resource as Pulumi's dynamic provider calls them. */
export function operationsOf(type: string) {
  const definition = resources.find(({ name }) => name === type);
  if (!definition) throw new Error(`${type} is not a resource of this version of pulumi-hss`);
  const names = [...Object.keys(definition.inputs.shape)];
  const inputsIn = (values: Values): Values =>
    Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
  const outputs = Object.keys(definition.outputs.shape);

  return {
    async check(olds: Values, news: Values): Promise<pulumi.dynamic.CheckResult> {
      const given = Object.fromEntries(
        Object.entries(news).filter(([name]) => !outputs.includes(name) && !name.startsWith("__")),
      );
      const imported = news[own.imported];
      const before = Object.keys(inputsIn(olds)).length > 0 ? inputsIn(olds) : undefined;
      const { inputs, problems } = await lifecycle.check(definition, contextOf(news), before, given);
      const failures = problems.map(({ property, reason }) => ({ property, reason }));
      if (before === undefined && typeof imported === "string") {
        const found = await definition.read(contextOf(news), imported, undefined);
        if (!found) failures.push({ property: "", reason: `there is nothing to import at ${imported}` });
      }
      // in place of what the program could only hold a place for, and as secret as that
      const derived = failures.length > 0 ? {} : outputsOf(inputs);
      return { inputs: { ...inputs, ...derived, ...kept(news) }, failures };
    },

    async diff(olds: Values, news: Values): Promise<pulumi.dynamic.DiffResult> {
      // what was a secret is one still
      const context = { ...contextOf(news), secrets: new Set([...secretsIn(olds), ...secretsIn(news)]) };
      const { changed, replaces, drifted } = await lifecycle.diff(definition, context, olds, inputsIn(news));
      return {
        changes: changed.length > 0 || drifted,
        replaces: [...replaces],
        deleteBeforeReplace: definition.deleteBeforeReplace,
      };
    },

    async create(inputs: Values): Promise<pulumi.dynamic.CreateResult> {
      const { id, state } = await lifecycle.create(definition, contextOf(inputs), inputsIn(inputs), false);
      return { id, outs: { ...state, ...kept(inputs) } };
    },

    async read(id: string, state?: Values): Promise<pulumi.dynamic.ReadResult> {
      if (!state) return {};
      const found = await definition.read(contextOf(state), id, state);
      if (!found) return {};
      const secrets = kept(state);
      return {
        id: found.id,
        props: { ...found.state, ...secrets },
        inputs: { ...found.inputs, ...(definition.foresee && outputsIn(found.state)), ...secrets },
      };
    },

    async update(olds: Values, news: Values): Promise<pulumi.dynamic.UpdateResult> {
      const state = await lifecycle.update(definition, contextOf(news), olds, inputsIn(news), false);
      return { outs: { ...state, ...kept(news) } };
    },

    async delete(state: Values): Promise<void> {
      await definition.delete(contextOf(state), state);
    },
  };

  /** What nobody can know before is no input, so that a preview takes it for unknown. */
  function outputsOf(inputs: Values): Values {
    const { foresee } = definition as NonNullable<typeof definition>;
    return foresee ? outputsIn(lifecycle.foreseen(definition as NonNullable<typeof definition>, inputs)) : {};
  }
  function outputsIn(state: Values): Values {
    return Object.fromEntries(outputs.map((name) => [name, state[name]]));
  }
}

/** Of its own, what the next step needs. */
const kept = (values: Values): Values => ({
  [own.secrets]: values[own.secrets] ?? "",
  ...(values[own.settings] !== undefined && { [own.settings]: values[own.settings] }),
});

/** What it prints reaches the engine's diagnostics; a dynamic provider has no other way to speak. */
const say = (text: string): void => {
  console.error(text);
};

const silent = (): void => undefined;

const log: Log = { debug: silent, progress: silent, info: say, warn: say };

// of this process, which serves all resources of a program
const claims = new Map<string, string>();

/** A state of an older version says nothing of secrets: then all of it may be one. */
function secretsIn(values: Values): ReadonlySet<string> {
  const secrets = values[own.secrets];
  return new Set(typeof secrets === "string" ? secrets.split(" ") : ["content"]);
}

function contextOf(values: Values): ResourceContext {
  const owner = values[own.owner];
  return {
    disk: systemDisk,
    log,
    secrets: secretsIn(values),
    claims,
    ...(typeof owner === "string" && { owner }),
    call: (called, args) => {
      const settings = parseJson(String(values[own.settings] ?? ""));
      const session = new Session({ log, env: process.env });
      return session.call(called, args, { config: isRecord(settings) ? settings : {} });
    },
  };
}
