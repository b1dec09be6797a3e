// Makes what a release consists of in release/: the npm package, the plugin as an archive for each system
// (`pulumi plugin install resource hss VERSION --file`), the Python package's sources, and SHA256SUMS. The same bytes each time.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { create } from "tar";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const release = process.argv[2] ?? join(root, "release");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
// of archives, as of all that is to be made again with the same bytes: no clock, no owner
const still = { portable: true, mtime: new Date("2020-01-01T00:00:00Z"), gzip: { level: 9 }, noPax: true };
const systems = ["darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64", "windows-amd64"];

/** Every file below, in one order. */
const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

rmSync(release, { recursive: true, force: true });
mkdirSync(release, { recursive: true });
execFileSync("npm", ["pack", "--silent", "--pack-destination", release], { cwd: root, stdio: "ignore" });

const scratch = mkdtempSync(join(tmpdir(), "pulumi-hss-package-"));
try {
  // Without PulumiPlugin.yaml: Pulumi starts the executable, and installs nothing. Without caches, which are one Node's own.
  const plugin = join(scratch, "plugin");
  for (const name of ["pulumi-resource-hss", "pulumi-resource-hss.cmd", "bin"])
    cpSync(join(root, "provider", name), join(plugin, name), {
      recursive: true,
      filter: (source) => !source.endsWith(".cache"),
    });
  cpSync(join(root, "LICENSE"), join(plugin, "LICENSE"));
  for (const system of systems) {
    const file = join(release, `pulumi-resource-hss-v${version}-${system}.tar.gz`);
    await create({ ...still, cwd: plugin, file }, filesIn(plugin));
  }
  const python = `pulumi_hss-${version}`;
  cpSync(join(root, "sdk/python"), join(scratch, python), {
    recursive: true,
    filter: (source) => !/__pycache__|\.egg-info|build$/.test(source),
  });
  const sources = filesIn(join(scratch, python)).map((name) => `${python}/${name}`);
  await create({ ...still, cwd: scratch, file: join(release, `${python}.tar.gz`) }, sources);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

const sums = readdirSync(release)
  .sort()
  .map(
    (name) =>
      `${createHash("sha256")
        .update(readFileSync(join(release, name)))
        .digest("hex")}  ${name}\n`,
  );
writeFileSync(join(release, "SHA256SUMS"), sums.join(""));
process.stdout.write(sums.join(""));
