import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { anchorsOf, linksOf, root, teamPages, textOf, userPages } from "../../support/docs/markdown.js";

const examplePages = readdirSync(path.join(root, "examples"))
  .map((name) => `examples/${name}/README.md`)
  .filter((page) => existsSync(path.join(root, page)));
const pages = [...userPages, ...teamPages, ...examplePages];

const isAbsolute = (target: string): boolean => /^(?:https?:|mailto:)/.test(target);

/** The file a link of a page leads to, from the root of the repository. */
const fileOf = (page: string, target: string): string =>
  target.startsWith("#")
    ? page
    : path.posix.normalize(path.posix.join(path.posix.dirname(page), target.split("#")[0] ?? ""));

test.each(pages)("%s: each link leads to a file that is there, and to a part that it has", (page) => {
  const broken = linksOf(textOf(page))
    .filter((target) => !isAbsolute(target))
    .filter((target) => {
      const file = fileOf(page, target);
      const [, part] = target.split("#");
      if (!existsSync(path.join(root, file))) return true;
      return part !== undefined && file.endsWith(".md") && !anchorsOf(textOf(file)).has(part);
    });
  expect(broken).toEqual([]);
});

test("every page of docs is linked from another one", () => {
  const linked = new Set(
    pages.flatMap((page) =>
      linksOf(textOf(page))
        .filter((target) => !isAbsolute(target) && !target.startsWith("#"))
        .map((target) => fileOf(page, target)),
    ),
  );
  expect(userPages.filter((page) => page !== "README.md" && !linked.has(page))).toEqual([]);
});

describe("the npm package", () => {
  // without the scripts: they would build while other tests use what is built
  const packed = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as { files: { path: string }[] }[];
  const files = (packed[0]?.files ?? []).map(({ path: file }) => file);

  test("has what README links to: on a disk there is no repository around it", () => {
    const targets = linksOf(textOf("README.md")).filter((target) => !isAbsolute(target));
    const missing = targets
      .map((target) => fileOf("README.md", target))
      .filter(
        (file) =>
          !files.some((packedFile) => packedFile === file || packedFile.startsWith(`${file.replace(/\/$/, "")}/`)),
      );
    expect(missing).toEqual([]);
  });

  test("has no file that another version of Node refuses, and nothing of ours alone", () => {
    expect(files.filter((file) => /\.cache$|^tests\/|^tools\/|\.tsbuildinfo$/.test(file))).toEqual([]);
  });
});
