import path from "node:path";
import ts from "typescript";
import { root, type Block } from "./markdown.js";

/** What the sentences around a block introduce, and the block itself does not. */
const introduced = `
/** The \`json\` document that was written last. */
declare const policyInForce: string;
`;

/** A block that starts in the middle of a program has the imports that every page begins with. */
const imports: readonly (readonly [RegExp, string])[] = [
  [/\bhss\./, `import * as hss from "pulumi-hss";`],
  [/\bpulumi\./, `import * as pulumi from "@pulumi/pulumi";`],
];

/** What TypeScript says against the blocks, each taken as a module of its own in a project that has this package. */
export function typeProblems(blocks: readonly Block[]): string[] {
  const modules = new Map(
    blocks.map((block, index) => [path.join(root, `tests/block${index}.ts`), { block, ...moduleOf(block.text) }]),
  );
  const ambient = path.join(root, "tests/introduced.d.ts");
  const textOf = (file: string) => (file === ambient ? introduced : modules.get(file)?.text);
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2024.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    esModuleInterop: true,
    noEmit: true,
    types: ["node", "jest"],
    paths: {
      "pulumi-hss": [path.join(root, "sdk/index.ts")],
      "pulumi-hss/emulator": [path.join(root, "emulator/index.ts")],
    },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.getCurrentDirectory = () => root;
  host.fileExists = (file) => textOf(file) !== undefined || fileExists(file);
  host.readFile = (file) => textOf(file) ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const own = textOf(file);
    return own === undefined ? getSourceFile(file, version, ...rest) : ts.createSourceFile(file, own, version, true);
  };
  const program = ts.createProgram([...modules.keys(), ambient], options, host);
  return [...modules].flatMap(([file, { block, added }]) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start = 0, messageText }) => {
      const line = (source?.getLineAndCharacterOfPosition(start).line ?? 0) - added + 1;
      return `${block.at}, its line ${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
  });
}

function moduleOf(text: string): { text: string; added: number } {
  const missing = imports.filter(([used, line]) => used.test(text) && !text.includes(line)).map(([, line]) => line);
  const head = [...missing, "export {};", ""].join("\n");
  return { text: `${head}${text}`, added: head.split("\n").length - 1 };
}
