const transform = {
  "^.+\\.ts$": [
    "@swc/jest",
    { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
  ],
};
// sources import each other with the ".js" suffix that Node resolves after the build
const moduleNameMapper = { "^(\\.{1,2}/.*)\\.js$": "$1" };
const project = (displayName, testMatch, more = {}) => ({
  displayName,
  testMatch,
  transform,
  moduleNameMapper,
  testEnvironment: "node",
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/provider/bin/"],
  ...more,
});

module.exports = {
  projects: [
    project("unit", ["<rootDir>/tests/unit/**/*.test.ts"]),
    // real sockets, real plugin processes
    project("contract", ["<rootDir>/tests/contract/**/*.test.ts"]),
    // the real Pulumi engine
    project("engine", ["<rootDir>/tests/engine/**/*.test.ts"]),
  ],
  testTimeout: 120_000,
};
