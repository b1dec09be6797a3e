import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { textOf } from "../../support/docs/markdown.js";

const provider = path.join(__dirname, "../../../provider");

const linesIn = (folder: string, recursive: boolean): number =>
  readdirSync(folder, { recursive, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .reduce(
      (sum, { parentPath, name }) => sum + readFileSync(path.join(parentPath, name), "utf8").split("\n").length - 1,
      0,
    );

test("the table of sizes has every room, and its hundreds of lines", () => {
  const [, section = ""] = textOf("DEVELOPERS.md").split("## How large it is, and why");
  const rows = [...section.split("\n## ")[0]!.matchAll(/^\| `([\w*.]+)`\s*\| (\d+)\s*\|/gm)];
  const said = Object.fromEntries(rows.map(([, room = "", hundreds]) => [room, Number(hundreds)]));
  const rooms = readdirSync(provider, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !["bin", "node_modules"].includes(entry.name))
    .map(({ name }) => name);
  const counted = Object.fromEntries([
    ...rooms.map((room) => [room, linesIn(path.join(provider, room), true)] as const),
    ["*.ts", linesIn(provider, false)] as const,
  ]);
  expect(Object.keys(said).sort()).toEqual(Object.keys(counted).sort());
  const off = Object.entries(counted).filter(([room, lines]) => Math.abs(lines / 100 - (said[room] ?? 0)) > 1.5);
  expect(off).toEqual([]);
});
