import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The pipeline's script with a Pulumi that writes the review it is told to. */
class Pipeline {
  readonly directory = mkdtempSync(path.join(tmpdir(), "hss-pipeline-"));

  constructor() {
    copyFileSync(path.join(__dirname, "../../examples/pipeline/pipeline.sh"), this.at("pipeline.sh"));
    chmodSync(this.at("pipeline.sh"), 0o755);
    mkdirSync(this.at("bin"));
    writeFileSync(this.at("bin/pulumi"), '#!/bin/sh\necho "$1" >> "$CALLS"\nprintenv "ROWS_$1" > "$REVIEW_FILE"\n');
    chmodSync(this.at("bin/pulumi"), 0o755);
  }

  run(seen: { preview: string; up: string }, approved: boolean) {
    rmSync(this.at("calls"), { force: true });
    const { status, stderr } = spawnSync(this.at("pipeline.sh"), {
      encoding: "utf8",
      env: {
        PATH: `${this.at("bin")}:${process.env["PATH"] ?? ""}`,
        CALLS: this.at("calls"),
        ROWS_preview: seen.preview,
        ROWS_up: seen.up,
        ...(approved && { APPROVED: "yes" }),
      },
    });
    return { status, stderr, calls: readFileSync(this.at("calls"), "utf8").trim().split("\n") };
  }

  at = (name: string) => path.join(this.directory, name);
}

const row = (hash: string, servers = 3) =>
  `# Whitelist: 1 hash added, 0 removed\n| added | ${hash} | ${servers} servers |`;
let pipeline: Pipeline;
beforeEach(() => {
  pipeline = new Pipeline();
  expect(pipeline.run({ preview: row("aa"), up: "" }, false)).toMatchObject({ status: 0, calls: ["preview"] });
});
afterEach(() => {
  rmSync(pipeline.directory, { recursive: true });
});

test("the hashes that were approved are written, though their counts have changed", () => {
  const { status, calls } = pipeline.run({ preview: row("aa", 4), up: row("aa", 5) }, true);
  expect({ status, calls }).toEqual({ status: 0, calls: ["preview", "up"] });
  expect(existsSync(pipeline.at("applied.md"))).toBe(false);
});

test("nothing is written where the preview sees other hashes than those approved", () => {
  const { status, stderr, calls } = pipeline.run({ preview: row("bb"), up: row("aa") }, true);
  expect({ status, calls }).toEqual({ status: 1, calls: ["preview"] });
  expect(stderr).toMatch(/Nothing was written/);
  // nor at a second try
  expect(pipeline.run({ preview: row("bb"), up: row("bb") }, true)).toMatchObject({ status: 1, calls: ["preview"] });
  expect(readFileSync(pipeline.at("review.md"), "utf8")).toContain("aa");
});

test("a policy that was written from a read with other hashes fails the pipeline", () => {
  const { status, stderr, calls } = pipeline.run({ preview: row("aa"), up: row("bb") }, true);
  expect({ status, calls }).toEqual({ status: 1, calls: ["preview", "up"] });
  expect(stderr).toMatch(/is not the one that was approved/);
  expect(readFileSync(pipeline.at("applied.md"), "utf8")).toContain("bb");
});
