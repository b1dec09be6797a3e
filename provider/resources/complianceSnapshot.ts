import { rm } from "node:fs/promises";
import { z } from "zod";
import { createSnapshot, snapshotArguments, snapshotResult } from "../evidence/createSnapshot.js";
import { readSnapshot } from "../evidence/snapshotFolder.js";
import { snapshotDigest } from "../evidence/statement.js";
import type { Problem } from "../errors.js";
import { validateArguments } from "../functions/definition.js";
import { printable } from "../text.js";
import { defineResource, textIn, type Values } from "./definition.js";

const inputs = snapshotArguments.extend({
  deleteOnDestroy: z.boolean("takes true or false").optional().meta({
    description: "Whether destroying the resource removes the folder; default false: evidence stays on disk.",
  }),
});

const names = Object.keys(snapshotArguments.shape);
const outputNames = Object.keys(snapshotResult.shape);
/** Of what is asked each output tells; of a key none does. */
const telling = (Object.keys(snapshotArguments.shape) as (keyof typeof snapshotArguments.shape)[]).filter(
  (name) => name !== "signingKey",
);
/** What they change is how it is made the next time, not what it is. */
const withoutEffect = ["signingKey", "signWith", "publicKey", "deleteOnDestroy", "baseline"];

export const complianceSnapshot = defineResource({
  name: "ComplianceSnapshot",
  description: `A compliance snapshot: a folder with what was observed, the events, the policy that follows from it, and a statement with the digest of each file, signed where there is a key. It can be checked without this package and without the cloud, and is never changed: other inputs make a new one beside it, and the old one stays. Give it the \`observation\` of getObservedProcesses to make a new one whenever what is observed changes, or query arguments to read once. Destroying the resource leaves the folder on disk.`,
  example: `
variables:
  observed:
    fn::invoke: { function: hss:getObservedProcesses, arguments: {} }
resources:
  snapshot:
    type: hss:ComplianceSnapshot
    properties:
      directory: evidence
      observation: \${observed.observation}
      select: [{ handleMethods: [mark_as_trust], minHosts: 2 }]
outputs:
  summary: \${snapshot.summary}
`,
  inputs,
  outputs: snapshotResult,
  tellsOf: Object.fromEntries(outputNames.map((name) => [name, telling])),
  readsService: true,
  deleteBeforeReplace: false,

  check(_context, given, _old, problems) {
    const own: Problem[] = [];
    try {
      // what can't be known yet looks like one that was not given
      const known = Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
      if (given.directory !== undefined) validateArguments(createSnapshot, known);
    } catch (error) {
      own.push(...((error as { problems?: readonly Problem[] }).problems ?? []));
    }
    const told = new Set(problems.map(({ property }) => property));
    problems.push(...own.filter(({ property }) => !told.has(property.split(".")[0] ?? "")));
    return Promise.resolve({ ...given, deleteOnDestroy: given.deleteOnDestroy ?? false });
  },

  // nothing of it is known before it is made
  foresee: undefined,

  async diff(_context, state, wanted) {
    const compared = [...names, "deleteOnDestroy"];
    const changed = compared.filter((name) => valueOf(state, name) !== valueOf(wanted as Values, name));
    const isThere = await isStillThere(state);
    // never a replacement, which would delete the old one
    return { changed, replaces: [], drifted: !isThere };
  },

  async create({ call }, wanted) {
    const made = await call(createSnapshot, only(wanted, names));
    return { id: made.path, state: { ...wanted, ...made } };
  },

  async read(_context, id, state) {
    const path = state ? textIn(state, "path") : id;
    const { statement } = await readSnapshot(path);
    if (!statement || !state) return undefined;
    const given = Object.fromEntries(Object.entries(state).filter(([name]) => name in inputs.shape));
    return { id, state: { ...state, sha256: snapshotDigest(statement) }, inputs: given };
  },

  /** Other inputs, or a folder that is gone: a new one. What was made before stays. */
  async update({ call }, state, wanted) {
    const isSame = names
      .filter((name) => !withoutEffect.includes(name))
      .every((name) => valueOf(state, name) === valueOf(wanted as Values, name));
    const made =
      isSame && (await isStillThere(state))
        ? only(state, outputNames)
        : await call(createSnapshot, only(wanted, names));
    return { ...wanted, ...made };
  },

  async delete({ log }, state) {
    const path = textIn(state, "path");
    if (state["deleteOnDestroy"] === true) await rm(path, { recursive: true, force: true });
    else log.info(`ComplianceSnapshot: ${printable(path, 400)} stays on disk`);
  },
});

/** By its statement: whether its files hold is for the one who verifies it. */
async function isStillThere(state: Values): Promise<boolean> {
  const { statement } = await readSnapshot(textIn(state, "path"));
  return statement !== undefined && snapshotDigest(statement) === textIn(state, "sha256");
}

const only = (values: Values, wanted: readonly string[]): Values =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => wanted.includes(name) && value !== undefined));

/** What is not given, and what says the same. */
const defaults: Values = {
  select: [],
  exclude: [],
  format: "hss",
  mode: "audit",
  allowIncomplete: false,
  deleteOnDestroy: false,
};

/** To compare. */
const valueOf = (values: Values, name: string): string => JSON.stringify(values[name] ?? defaults[name] ?? null);
