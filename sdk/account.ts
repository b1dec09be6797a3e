import * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "../provider/errors.js";
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
export class Account {
  /** The settings, once they are known. Keys and tokens are secrets of the account, not of what it reads. */
  readonly settings: pulumi.Output<Config>;
  /** The settings of it as far as they were plain values. */
  readonly plain: Config;
  readonly session: Session;

  constructor(settings: { [Key in keyof Config]: pulumi.Input<Config[Key]> }, { name }: AccountOptions = {}) {
    if (typeof settings !== "object" || settings === null)
      throw new ArgumentError("Account", [{ property: "settings", reason: "must be an object of settings" }]);
    const isPlain = ([, value]: [string, unknown]) => !pulumi.Output.isInstance(value) && !(value instanceof Promise);
    this.plain = Object.fromEntries(Object.entries(settings).filter(isPlain)) as Config;
    this.settings = pulumi.unsecret(pulumi.output(settings)) as unknown as pulumi.Output<Config>;
    const { projectId, projectName, region, profile } = this.plain;
    this.session = new Session({
      log: pulumiLog(name ?? projectName ?? projectId ?? region ?? profile ?? "account"),
      env: process.env,
    });
  }
}
