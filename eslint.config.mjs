import js from "@eslint/js";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["**/dist/**", "**/bin/**", "**/node_modules/**", "coverage/**", ".ci/.*/**"] },
  js.configs.recommended,
  { files: ["**/*.ts"], extends: [ts.configs.strict, ts.configs.stylistic] },
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { project: "./tsconfig.check.json", tsconfigRootDir: import.meta.dirname } },
  },
  {
    files: ["**/*.mjs", "**/*.cjs", "**/*.js", "provider/pulumi-resource-hss"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "process",
          "console",
          "Buffer",
          "URL",
          "setTimeout",
          "clearTimeout",
          "performance",
          "require",
          "module",
          "__dirname",
          "fetch",
          "exports",
          "AbortController",
          "AbortSignal",
          "structuredClone",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    rules: {
      "no-control-regex": "off",
      "no-unused-vars": "off",
    },
  },
  {
    files: ["**/*.ts"],
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/no-non-null-assertion": "error",
    },
  },
  { files: ["provider/**/*.ts"], rules: { "no-console": "error" } },
  { files: ["tests/**/*.ts"], rules: { "@typescript-eslint/no-non-null-assertion": "off" } },
  // its seed is set in one place
  { files: ["tests/**/*.test.ts"], rules: { "no-restricted-imports": ["error", "fast-check"] } },
);
