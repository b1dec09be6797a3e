// One benchmark by its name: `npm run bench -- NAME`.
const names = ["read", "cpu", "parse", "memory", "start", "engine", "commandLine", "proof", "archive", "snapshot"];
const [name] = process.argv.slice(2);
if (names.includes(name)) {
  await import(`./${name}.mjs`);
} else {
  console.error(`usage: npm run bench -- ${names.join("|")}`);
  process.exitCode = 2;
}
