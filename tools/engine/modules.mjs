/**
 * @typedef {{folder: string, what: string, output: string, package: string, version?: string,
 *   script?: {module: string, path: string}}} Module
 */

/**
 * What is built, in order, from published Go modules. Each has a folder of its own with the go.mod and go.sum that fix
 * every source file by its digest; together these folders name the cache.
 */
export const oldestUsable = [3, 200];

/** @type {readonly Module[]} */
export const modules = [
  {
    folder: "nodejs-host",
    what: "Node.js language host v3.68.0",
    output: "pulumi-language-nodejs",
    // the last version whose module holds the host; it still runs today's programs
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    version: "v3.68.0",
  },
  {
    folder: "yaml-host",
    what: "YAML language host v1.32.0",
    output: "pulumi-language-yaml",
    package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
  },
  {
    folder: "cli",
    what: "Pulumi CLI v3.259.0",
    output: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    version: "v3.259.0",
  },
];

/** Hosts of further languages, for the tests: their SDKs are tried under the real engine. The last versions that can be had.
 * @type {readonly Module[]} */
export const languageHosts = [
  {
    folder: "python-host",
    what: "Python language host v3.68.0",
    output: "pulumi-language-python",
    package: "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
    version: "v3.68.0",
    // runs the program; beside the host
    script: { module: "github.com/pulumi/pulumi/sdk/v3", path: "python/cmd/pulumi-language-python-exec" },
  },
  {
    folder: "go-host",
    what: "Go language host v3.60.0",
    output: "pulumi-language-go",
    package: "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go",
    version: "v3.60.0",
  },
];

/** Reads and makes signatures, for the tests of snapshots: see tools/cosign.mjs. @type {Module} */
export const cosign = {
  folder: "cosign",
  what: "cosign v2.6.1",
  output: "cosign",
  package: "github.com/sigstore/cosign/v2/cmd/cosign",
};

/** Without a version in it the CLI can't say which it is, and refuses part of its work. */
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** @param {{version?: string}} module */
export const buildFlags = ({ version }) => [
  "-mod=readonly",
  "-trimpath",
  "-buildvcs=false",
  "-ldflags",
  ["-s", "-w", ...(version ? ["-X", `${versionVariable}=${version}`] : [])].join(" "),
];

/** @param {string} name */
export const executable = (name) => (process.platform === "win32" ? `${name}.exe` : name);

/** Of the npm package @pulumi/pulumi. */
export const dynamicProviderScript = `pulumi-resource-pulumi-nodejs${process.platform === "win32" ? ".cmd" : ""}`;
