const transform = {
  "^.+\\.ts$|/node_modules/hyparquet": [
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
  // ES modules only, which jest's own loader can't take
  transformIgnorePatterns: ["/node_modules/(?!hyparquet)"],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/provider/bin/"],
  ...more,
});

module.exports = {
  projects: [
    project("unit", ["<rootDir>/tests/unit/**/*.test.ts"]),
    // real sockets, real plugin processes
    project("contract", ["<rootDir>/tests/contract/**/*.test.ts"]),
    // the real Pulumi engine, built before the first test where there is none
    project("engine", ["<rootDir>/tests/engine/**/*.test.ts"], {
      globalSetup: "<rootDir>/tests/engine/globalSetup.ts",
    }),
  ],
  // a test that hangs fails; none comes near it on a machine several times slower than ours
  testTimeout: 600_000,
};
