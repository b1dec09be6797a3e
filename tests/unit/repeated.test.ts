import { repeatedName, repeatedPath } from "../../provider/repeated.js";

test.each([
  ["sk", "sk"],
  ["hostname", "hostname"],
  ["secretKay", "secretKay"],
  ["sKq8ZxW3vB7nM5tR9yL2", "sKq… (20 characters)"],
  ["secretKey=sKq8ZxW3", "sec… (18 characters)"],
  ["a\nb", "a\\u{a}b"],
])("of the name %j a message repeats %j", (name, repeats) => {
  expect(repeatedName(name, ["secretKey", "hostName"])).toBe(repeats);
});

test.each([
  "/etc/ssl/company.pem",
  "~/none.pem",
  "C:\\keys\\hss.txt",
  "./ca",
  "company-root.pem",
  "/var/lib/kubelet/pods/6f1c0d1e-7a55-4f0e-9d3c-1b2a3c4d5e6f/token",
])("the path %s is repeated", (path) => {
  expect(repeatedPath(path)).toBe(path);
});

test.each([
  "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJlc2lnbmF0dXJl",
  "Passw0rd-secret-1",
  '{"profiles":[{"secretAccessKey":"sKq8ZxW3vB7nM5tR9yL2"}]}',
  '{"path":"/a","secretAccessKey":"sKq8ZxW3vB7nM5tR9yL2.json"}',
  "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ\n",
  "/q8ZxW3vB7nM5tR9yL2pK4jH6gF1dS0aQwErTyU",
])("%j is no path and is not repeated", (text) => {
  expect(repeatedPath(text)).toMatch(/^.{3,8}… \(\d+ characters\)$/);
});
