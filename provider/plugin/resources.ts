import { ArgumentError } from "../errors.js";
import * as lifecycle from "../resources/lifecycle.js";
import type { ResourceContext, ResourceDefinition } from "../resources/definition.js";
import { resources } from "../resources/index.js";
import { systemDisk } from "../runtime/disk.js";
import type { Log } from "../runtime/runtime.js";
import { token } from "./schema.js";
import { camelNames, speakerFor } from "./snakeCase.js";
import { withoutSecret } from "./failure.js";
import { unwrapSecrets, wrapSecret, type Failure } from "./struct.js";

type Values = Record<string, unknown>;

/** What one of the protocol's calls about a resource says of it. */
export interface Subject {
  readonly urn: string;
  readonly id?: string;
}

export interface ResourceDiff {
  readonly changed: boolean;
  readonly replaces: readonly string[];
  /** Names of the inputs that differ. */
  readonly properties: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** The protocol's calls about resources, in values whose secrets are wrapped. */
export function createResources(logOf: (urn: string) => Log, call: ResourceContext["call"]) {
  const byToken = new Map(resources.map((definition) => [token(definition.name), definition]));
  const claims = new Map<string, string>();

  function about({ urn }: Subject, secrets: ReadonlySet<string>) {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const definition = byToken.get(type);
    if (!definition) {
      const known = [...byToken.keys()].join(", ");
      throw new ArgumentError(type || "urn", [
        { property: "type", reason: `is not a resource of this package; expected one of ${known}` },
      ]);
    }
    const context: ResourceContext = { disk: systemDisk, log: logOf(urn), call, secrets, owner: urn, claims };
    return { definition, context };
  }

  /** The inputs as the definition names them: a language may send nested names in snake_case. */
  function heard(subject: Subject, news: Values) {
    const { plain, secrets } = opened(news);
    const { definition, context } = about(subject, secrets);
    const say = speakerFor(definition.inputs, plain);
    return { definition, context, secrets, say, plain: camelNames(definition.inputs, plain) as Values };
  }

  return {
    async check(subject: Subject, olds: Values, news: Values): Promise<{ inputs: Values; failures: Failure[] }> {
      const { definition, context, plain, secrets, say } = heard(subject, news);
      const inputNames = Object.keys(definition.inputs.shape);
      const { inputs, problems } = await lifecycle.check(definition, context, opened(olds).plain, plain);
      return {
        inputs: guarded(definition, inputs, secrets),
        failures: problems
          .map((problem) => withoutSecret(problem, news[problem.property], inputNames))
          .map(({ property, reason }) => ({ property, reason: say(reason) })),
      };
    },

    async diff(subject: Subject, olds: Values, news: Values): Promise<ResourceDiff> {
      const { plain, secrets } = opened(news);
      const before = opened(olds);
      const { definition, context } = about(subject, new Set([...secrets, ...before.secrets]));
      const { changed, replaces, drifted } = await lifecycle.diff(definition, context, before.plain, plain);
      return {
        changed: changed.length > 0 || drifted,
        replaces,
        properties: changed,
        deleteBeforeReplace: definition.deleteBeforeReplace,
      };
    },

    async create(subject: Subject, inputs: Values, isPreview: boolean): Promise<{ id: string; state: Values }> {
      const { plain, secrets } = opened(inputs);
      const { definition, context } = about(subject, secrets);
      const { id, state } = await lifecycle.create(definition, context, plain, isPreview);
      return { id, state: guarded(definition, state, secrets) };
    },

    /** Without an id where it is gone. */
    async read(subject: Subject, state: Values): Promise<{ id?: string; state?: Values; inputs?: Values }> {
      const { plain, secrets } = opened(state);
      const { definition, context } = about(subject, secrets);
      const found = await definition.read(context, subject.id ?? "", Object.keys(plain).length > 0 ? plain : undefined);
      if (!found) return {};
      const guard = (values: Readonly<Values>) => guarded(definition, values, secrets);
      return { id: found.id, state: guard(found.state), inputs: guard(found.inputs) };
    },

    async update(subject: Subject, olds: Values, news: Values, isPreview: boolean): Promise<Values> {
      const { plain, secrets } = opened(news);
      const { definition, context } = about(subject, secrets);
      return guarded(
        definition,
        await lifecycle.update(definition, context, opened(olds).plain, plain, isPreview),
        secrets,
      );
    },

    async delete(subject: Subject, state: Values): Promise<void> {
      const { plain, secrets } = opened(state);
      const { definition, context } = about(subject, secrets);
      await definition.delete(context, plain);
    },
  };
}

/** The values in the clear, and which of them are secrets. */
function opened(values: Values): { plain: Values; secrets: ReadonlySet<string> } {
  const entries = Object.entries(values).map(([name, value]) => ({ name, ...unwrapSecrets(value) }));
  return {
    plain: Object.fromEntries(entries.map(({ name, value }) => [name, value])),
    secrets: new Set(entries.filter(({ secret }) => secret).map(({ name }) => name)),
  };
}

/** A secret input is one in the state, and so is an output that tells of one. */
function guarded({ tellsOf }: ResourceDefinition, values: Readonly<Values>, secrets: ReadonlySet<string>): Values {
  const isSecret = (name: string) => secrets.has(name) || tellsOf[name]?.some((source) => secrets.has(source));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, isSecret(name) ? wrapSecret(value) : value]),
  );
}
