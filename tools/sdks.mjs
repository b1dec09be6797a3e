// Writes sdk/python and sdk/go from provider/schema.json, by Pulumi's own generators (Go modules, tools/sdks). What was there
// is replaced. Each holds the digest of its schema; a test fails when it is another's.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const file = join(root, "provider/schema.json");
const schema = readFileSync(file, "utf8");
const { language, homepage } = JSON.parse(schema);
const module = language.go.modulePath;

const environment = { ...process.env, GOWORK: "off", GOFLAGS: "", CGO_ENABLED: "0" };
const go = (directory, ...args) =>
  execFileSync("go", args, { cwd: directory, env: environment, stdio: ["ignore", "ignore", "inherit"] });

const temporary = mkdtempSync(join(tmpdir(), "pulumi-hss-sdks-"));
try {
  const generator = join(temporary, "sdks");
  go(join(root, "tools/sdks"), "build", "-trimpath", "-buildvcs=false", "-o", generator, ".");
  for (const name of ["python", "go"]) rmSync(join(root, "sdk", name), { recursive: true, force: true });
  execFileSync(generator, [file, join(root, "sdk")], { stdio: "inherit" });
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

const digest = `${createHash("sha256").update(schema).digest("hex")}\n`;
for (const name of ["python", "go"]) writeFileSync(join(root, "sdk", name, "schema.sha256"), digest);
writeFileSync(
  join(root, "sdk/python/README.md"),
  `# pulumi_hss\n\nHuawei Cloud HSS process-whitelist events in Pulumi programs. Generated; see ${homepage}.\n`,
);
writeFileSync(
  join(root, "sdk/go/go.mod"),
  `module ${module}\n\ngo 1.25.0\n\nrequire (\n\tgithub.com/blang/semver v3.5.1+incompatible\n\tgithub.com/pulumi/pulumi/sdk/v3 v3.259.0\n)\n`,
);
go(join(root, "sdk/go"), "mod", "tidy");
