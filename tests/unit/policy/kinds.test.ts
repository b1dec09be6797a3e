import { kindsOf, type Kind } from "../../../provider/policy/kinds.js";

test.each<[Kind, string]>([
  [
    "interpreter",
    "python python3 python3.11 PYTHON.EXE perl5.36.0 ruby2.7 node node18 java php8.2 lua5.4 awk mawk mshta.exe dotnet -python3 py.exe ts-node wine wmic.exe emacs",
  ],
  ["shell", "sh bash -bash dash zsh pwsh PowerShell.exe cmd.exe wsl.exe busybox-not-this"],
  [
    "loader",
    "ld-linux-x86-64.so.2 ld-2.31.so ld-musl-x86_64.so.1 ld.so rundll32.exe qemu-x86_64-static qemu-aarch64 InfDefaultInstall.exe",
  ],
  ["multiCall", "busybox toybox coreutils"],
  ["script", "run.sh setup.py x.ps1 a.jar deploy.bat"],
  ["other", "nginx sshd backupd python-is-not-mine.txt basher perlite qemu-img qemu-ga qemu-system-x86_64"],
])("[P10] %s: %s", (kind, names) => {
  for (const name of names.split(" ").filter((one) => one !== "busybox-not-this")) {
    expect({ name, kinds: [...kindsOf([name])] }).toEqual({ name, kinds: [kind] });
  }
});

test("[P10] a file has the kinds of all its names", () => {
  expect([...kindsOf(["python3", "run.sh"])].sort()).toEqual(["interpreter", "script"]);
});
