import manifest from "../../package.json";
import { version } from "../../provider/version.js";

test("the version in the code is the package's", () => {
  expect(version).toBe(manifest.version);
});
