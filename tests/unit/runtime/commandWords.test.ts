import { commandWords } from "../../../provider/runtime/commandWords.js";

test.each([
  ["openssl dgst -sha256 -sign key.pem", ["openssl", "dgst", "-sha256", "-sign", "key.pem"]],
  ["  a \t b ", ["a", "b"]],
  [`'my tool' --key "a b" ''`, ["my tool", "--key", "a b", ""]],
  [`a'b'"c"d`, ["abcd"]],
  [`sh -c 'kms "$KEY" | base64 -w0; x'`, ["sh", "-c", 'kms "$KEY" | base64 -w0; x']],
  [String.raw`a\ b \"x\" "\"\$1\\" C:\Tools\sign.exe`, ["a b", '"x"', '"$1\\', "C:\\Tools\\sign.exe"]],
  ["sign --glob *.pem a~b", ["sign", "--glob", "*.pem", "a~b"]],
])("%s", (text, words) => {
  expect(commandWords(text)).toEqual(words);
});

const refused: readonly (readonly [string, RegExp])[] = [
  ["", /names no program/],
  ["'' x", /names no program/],
  ["a 'b", /has a ' without its end/],
  ['a "b', /has a " without its end/],
  ["a\0b", /zero byte/],
  ["a\nb", /holds a line break outside/],
  ...["|", "&", ";", "<", ">", "(", ")", "$", "`"].map((char) => [`a ${char} b`, /and is not run by a shell/] as const),
  ['a "$(b)"', /holds \$ outside of single quotes/],
  ["~/sign", /holds ~ outside/],
];
test.each(refused)("%j is refused", (text, why) => {
  expect(() => commandWords(text)).toThrow(why);
});
