import { fc } from "../../support/properties.js";
import { compileAccount, type ReportedAccount } from "../../../provider/policy/account.js";
import type { Outcome } from "../../../provider/policy/outcome.js";

const linux = (user?: string, uid?: string, euid?: string): ReportedAccount => ({ user, uid, euid, osType: "Linux" });
const windows = (user?: string): ReportedAccount => ({ user, osType: "Windows" });

describe("[P27] an account", () => {
  test.each<[string, ReportedAccount, Outcome]>([
    ["app", linux("app", "1001", "1001"), "yes"],
    ["app", linux("App", "1001", "1001"), "no"],
    ["app", { user: "App" }, "unknown"],
    ["app", windows("App"), "yes"],
    ["app", linux("web", "1001", "1001"), "no"],
    ["app", linux(), "unknown"],
    ["app", linux(""), "unknown"],
    ["app", linux("a**"), "unknown"],
    ["root", linux("root", "0", "0"), "yes"],
    ["root", linux("app", "1001", "0"), "unknown"],
    ["root", linux("toor", "0", "0"), "unknown"],
    ["root", linux(undefined, "0", "0"), "unknown"],
    ["app", linux("app", "1001", "0"), "yes"],
    ["0", linux("root", "0", "0"), "yes"],
    ["0", linux("root"), "unknown"],
    ["0", linux("app", "1001", "0"), "unknown"],
    ["0", linux("app", "1001", "1001"), "no"],
    ["1001", linux("app", "1001", "1001"), "yes"],
    ["app", linux("1001", "1001", "1001"), "unknown"],
    ["Administrator", windows("CORP\\Administrator"), "unknown"],
    ["Administrator", windows("administrator@corp.example"), "unknown"],
    ["Administrator", windows(".\\ADMINISTRATOR"), "unknown"],
    ["Administrator", windows("S-1-5-21-1004336348-1177238915-682003330-500"), "unknown"],
    ["Administrator", windows("Administrador"), "unknown"],
    ["CORP\\Administrator", windows("corp\\administrator"), "yes"],
    ["CORP\\Administrator", windows("Administrator"), "unknown"],
    ["CORP\\bob", windows("LAB\\bob"), "no"],
    ["CORP\\bob", windows("bob@corp.example"), "unknown"],
    ["CORP\\bob", windows("CORP\\ann"), "no"],
    ["SYSTEM", windows("NT AUTHORITY\\SYSTEM"), "unknown"],
    ["SYSTEM", windows("S-1-5-18"), "unknown"],
    ["SYSTEM", windows("WEB-1$"), "unknown"],
    ["bob", windows("S-1-5-18"), "no"],
    ["S-1-5-18", windows("s-1-5-18"), "yes"],
    ["S-1-5-18", windows("S-1-5-19"), "no"],
    ["systemd-network", linux("systemd+", "192", "192"), "unknown"],
    ["Jos\u00e9", linux("Jose\u0301", "1", "1"), "yes"],
    ["x".repeat(130), linux("x".repeat(128), "1", "1"), "unknown"],
  ])("%s against %j is %s", (word, account, outcome) => {
    expect(compileAccount(word).matches(account)).toBe(outcome);
  });

  test("becoming unknown in one field never makes an answer more certain for select, nor rules out an exclusion", () => {
    const words = ["root", "app", "0", "1001", "Administrator", "CORP\\bob", "S-1-5-18", "bob@corp.example"];
    const account = fc.record({
      user: fc.constantFrom(
        "root",
        "app",
        "App",
        "CORP\\bob",
        "LAB\\bob",
        "bob",
        "S-1-5-18",
        "Administrator",
        undefined,
      ),
      uid: fc.constantFrom("0", "1001", undefined),
      euid: fc.constantFrom("0", "1001", undefined),
      osType: fc.constantFrom("Linux", "Windows", undefined),
    });
    fc.assert(
      fc.property(fc.constantFrom(...words), account, fc.constantFrom("user", "osType"), (word, given, field) => {
        // a name and a number that contradict each other are two facts: without one the other decides
        fc.pre(field !== "user" || !/^\d+$/.test(word));
        const before = compileAccount(word).matches(given);
        const after = compileAccount(word).matches({ ...given, [field]: undefined });
        if (before !== "yes") expect({ word, given, field, after }).not.toMatchObject({ after: "yes" });
        if (before !== "no") expect({ word, given, field, after }).not.toMatchObject({ after: "no" });
      }),
      { numRuns: 20_000 },
    );
  });
});
