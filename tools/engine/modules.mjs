/**
 * What is built, in order, from published Go modules. Each has a folder of its own with the go.mod and go.sum that fix
 * every source file by its digest; together these folders name the cache.
 */
export const oldestUsable = [3, 200];

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
