import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const root = path.join(__dirname, "../../..");

/** Pages for users, from the root of the repository. */
export const userPages: readonly string[] = [
  "README.md",
  ...readdirSync(path.join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** Pages for the people who work on the project. */
export const teamPages = ["DEVELOPERS.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "bench/README.md"];

export const textOf = (page: string): string => readFileSync(path.join(root, page), "utf8");

export interface Block {
  /** `docs/policy.md:12`: the line of its first fence. */
  readonly at: string;
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page. One that is not closed ends with the page, and says so by its language. */
export function blocksOf(page: string, text = textOf(page)): Block[] {
  const blocks: Block[] = [];
  let open: { fence: string; indent: number; at: string; language: string; lines: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const [, indent = "", fence = "", language = ""] = /^( *)(`{3,}|~{3,})\s*([^\s`]*)/.exec(line) ?? [];
    if (!open) {
      if (fence !== "")
        open = {
          fence,
          indent: indent.length,
          at: `${page}:${index + 1}`,
          language: language.toLowerCase(),
          lines: [],
        };
    } else if (fence.startsWith(open.fence) && language === "") {
      blocks.push({ at: open.at, language: open.language, text: `${open.lines.join("\n")}\n` });
      open = undefined;
    } else open.lines.push(line.slice(open.indent));
  }
  if (open) blocks.push({ at: open.at, language: "(not closed)", text: open.lines.join("\n") });
  return blocks;
}

/** The text without its fenced blocks and code spans. */
export const proseOf = (text: string): string =>
  text.replace(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?\n *\2[^\S\n]*$/gm, "").replace(/`[^`\n]*`/g, "code");

/** Targets of the links and images in a page. */
export const linksOf = (text: string): string[] =>
  [...proseOf(text).matchAll(/\]\(([^()\s]+(?:\([^()\s]*\))?)(?:\s+"[^"]*")?\)/g)].map(([, target]) => target ?? "");

/** What a link to a part of the page may name: headings as GitHub names them, and anchors. */
export function anchorsOf(text: string): Set<string> {
  const withoutBlocks = text.replace(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?\n *\2[^\S\n]*$/gm, "");
  const names = [...withoutBlocks.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading]) => slugOf(heading ?? ""));
  const anchors = new Set<string>();
  for (const name of names) {
    const count = [...anchors].filter((known) => known === name || known.startsWith(`${name}-`)).length;
    anchors.add(anchors.has(name) ? `${name}-${count}` : name);
  }
  for (const [, id] of withoutBlocks.matchAll(/<a id="([^"]+)"/g)) anchors.add(id ?? "");
  return anchors;
}

const slugOf = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
