import * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "../provider/errors.js";
import { mappedLog } from "../provider/runtime/mappedLog.js";
import { Session } from "../provider/session.js";
import { pulumiLog } from "./log.js";
import type { Config } from "./api.js";

export interface AccountOptions {
  /** Stands before each line of log and progress; default the project, the region or the profile. */
  name?: string;
}

/**
 * An account of its own: `new hss.Account({ region: "cn-north-4", ... })`, made once and given to calls as
 * `{ account }`. As with an explicit provider, the stack's `hss:` configuration is not asked; the environment fills in what
 * is missing.
 */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- what it holds is not among its declarations
export class Account {
  constructor(settings: { [Key in keyof Config]: pulumi.Input<Config[Key]> }, { name }: AccountOptions = {}) {
    if (typeof settings !== "object" || settings === null)
      throw new ArgumentError("Account", [{ property: "settings", reason: "must be an object of settings" }]);
    const isPlain = ([, value]: [string, unknown]) => !pulumi.Output.isInstance(value) && !(value instanceof Promise);
    const plain = Object.fromEntries(Object.entries(settings).filter(isPlain)) as Config;
    const { projectId, projectName, region, profile } = plain;
    const label = name ?? projectName ?? projectId ?? region ?? profile ?? "account";
    insides.set(this, {
      settings: pulumi.unsecret(pulumi.output(settings)) as unknown as pulumi.Output<Config>,
      session: new Session({ log: mappedLog(pulumiLog(), (text) => `[${label}] ${text}`), env: process.env }),
    });
  }
}

/** Not among its declarations: a program's compiler need not know of them. */
interface Inside {
  /** Once they are known. Keys and tokens are secrets of the account, not of what it reads. */
  readonly settings: pulumi.Output<Config>;
  readonly session: Session;
}

const insides = new WeakMap<Account, Inside>();

/** @internal */
export function insideOf(account: Account): Inside {
  const inside = insides.get(account);
  if (!inside) throw new Error("an account that was not made with new Account({...})");
  return inside;
}
