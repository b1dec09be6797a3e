import { fc } from "../../support/properties.js";
import { compileProcessName } from "../../../provider/policy/processName.js";
import type { Outcome } from "../../../provider/policy/outcome.js";

describe("[P26] a process's name", () => {
  test.each<[string, string | undefined, string | undefined, Outcome]>([
    ["nginx", "nginx", "Linux", "yes"],
    ["nginx", "Nginx", "Linux", "no"],
    ["nginx", "Nginx", "Windows", "yes"],
    ["nginx", "Nginx", undefined, "unknown"],
    ["nginx", undefined, "Linux", "unknown"],
    ["nginx", " ", "Linux", "unknown"],
    ["nginx", "ng****", "Linux", "unknown"],
    ["nginx", "apache", "Linux", "no"],
    ["ansible-playbook", "ansible-playboo", "Linux", "unknown"],
    ["ansible-playboo", "ansible-playboo", "Linux", "unknown"],
    ["ansible-playbook", "ansible-playboo", undefined, "unknown"],
    ["ansible-playboo", "ansible-playboo", "Windows", "yes"],
    ["ansible-pull", "ansible-playboo", "Linux", "no"],
    ["bash", "-bash", "Linux", "unknown"],
    ["sshd", "sshd: root@pts/0", "Linux", "unknown"],
    ["nginx", "nginx: worker process", "Linux", "unknown"],
    ["miner", "miner (deleted)", "Linux", "unknown"],
    ["sd-pam", "(sd-pam)", "Linux", "unknown"],
    ["svchost.exe", "svchost", "Windows", "unknown"],
    ["svchost", "SVCHOST.EXE", "Windows", "unknown"],
    ["login", "/bin/login", "Linux", "unknown"],
    ["x".repeat(200), "x".repeat(128), "Linux", "unknown"],
    ["名前", "名前", "Linux", "yes"],
  ])("%s against %j on %s is %s", (word, name, system, outcome) => {
    expect(compileProcessName(word).matches(name, system)).toBe(outcome);
  });

  test("dressing a name up never rules out an exclusion of it", () => {
    const plain = fc.stringMatching(/^[a-z][a-z0-9.]{0,11}$/);
    const dress = fc.constantFrom<(name: string) => string>(
      (name) => `-${name}`,
      (name) => `${name}: worker`,
      (name) => `[${name}]`,
      (name) => `${name} (deleted)`,
      (name) => `/usr/bin/${name}`,
      (name) => ` ${name}`,
    );
    fc.assert(
      fc.property(plain, dress, (name, dressed) => {
        expect(compileProcessName(name).matches(dressed(name), "Linux")).not.toBe("no");
      }),
    );
  });
});
