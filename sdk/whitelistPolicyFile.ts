import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { whitelistPolicyFileProvider } from "./whitelistPolicyFileProvider.js";

export interface WhitelistPolicyFileArgs {
  /**
   * Where to write. A relative path starts at the directory that Pulumi runs the project in (that of Pulumi.yaml, or its
   * `main`); the state holds it as it is, so that the stack works from any checkout. Missing directories are made.
   * Another path replaces the resource.
   */
  path: pulumi.Input<string>;
  /** The text, such as the `document` of `getWhitelistPolicyDocument`. Written as UTF-8, byte for byte. A secret stays one. */
  content: pulumi.Input<string>;
  /** Permissions as octal digits. Default: `"0644"`. Ignored on Windows. */
  mode?: pulumi.Input<string>;
  /**
   * Whether creation may replace a file that is there already and holds something else. Default: false, which fails and
   * leaves that file alone. A file that holds exactly this content is taken over in either case.
   */
  overwrite?: pulumi.Input<boolean>;
}

/**
 * A policy document in a file, for a review, a commit or an agent to pick up.
 *
 * Previews show what changes in the text. They also notice a file that was edited or removed behind Pulumi's back, on
 * this machine, and the next `pulumi up` restores it; after `pulumi refresh` they show the edit. Writing is atomic: a
 * reader sees the old file or the new one. Where the path itself is a symbolic link or a directory, nothing is written.
 * Deletion removes only the file that was written: one that was edited since stays, with a note.
 * Rename the resource with an alias: without one, Pulumi sees two owners of one file and deletes it for the old one.
 */
export class WhitelistPolicyFile extends pulumi.dynamic.Resource {
  declare readonly path: pulumi.Output<string>;
  declare readonly content: pulumi.Output<string>;
  /** SHA-256 of the file's bytes, lower-case hex; secret where the content is. */
  declare readonly sha256: pulumi.Output<string>;
  /** Four octal digits. */
  declare readonly mode: pulumi.Output<string>;

  constructor(name: string, args: WhitelistPolicyFileArgs, opts?: pulumi.CustomResourceOptions) {
    const sha256 = pulumi
      .output(args.content)
      .apply((content) => (typeof content === "string" ? createHash("sha256").update(content).digest("hex") : ""));
    const { path, content, mode, overwrite } = args;
    const defaults: pulumi.CustomResourceOptions = {
      // a digest of a secret content is as secret; of another it does no harm
      additionalSecretOutputs: ["written"],
      // Created first, the new file may be the old one (another spelling of its path, a replacement that the person asks
      // for): it would be taken over, and then deleted. What creation would refuse is found before the deletion.
      deleteBeforeReplace: true,
    };
    super(
      whitelistPolicyFileProvider,
      name,
      { path, content, sha256, mode, overwrite },
      pulumi.mergeOptions(defaults, opts),
      "hss",
      "WhitelistPolicyFile",
    );
  }
}
