import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { randomBytes, randomInt } from "node:crypto";
import { Project, pythonProject } from "./harness.js";

// A service that repeats the secrets it was sent, cut anywhere: nothing of eight characters on the console of a real run.

const text = (bytes: number) => randomBytes(bytes).toString("base64url");
const secrets = {
  token: text(300),
  secretKey: text(30),
  securityToken: text(200),
  password: `${text(12)}&"<%${text(12)}`,
};
const calls = Number(process.env["SECRET_ECHOES"] ?? 400);

const encodings: readonly ((piece: string) => string)[] = [
  (piece) => piece,
  (piece) => encodeURIComponent(piece),
  (piece) => Buffer.from(piece).toString("base64"),
  (piece) => Buffer.from(piece).toString("hex"),
  (piece) => piece.replace(/[&"<]/g, (sign) => `&#${sign.charCodeAt(0)};`),
  (piece) => JSON.stringify(piece),
];

/** A piece of what the caller knows: of another account's secrets it can't know. */
function echo({ url = "", headers }: IncomingMessage): string {
  const all = url.startsWith("/v3/")
    ? [secrets.password]
    : headers["x-auth-token"] !== undefined
      ? [secrets.token]
      : [secrets.secretKey, secrets.securityToken];
  const secret = all[randomInt(all.length)] ?? "";
  const start = randomInt(secret.length - 8);
  const piece = secret.slice(start, start + 8 + randomInt(secret.length - start - 7));
  return encodings[randomInt(encodings.length)]?.(piece) ?? "";
}

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    const message = `refused for ${echo(request)} again`;
    const body = request.url?.startsWith("/v3/")
      ? { error: { code: "400", message } }
      : { error_code: "X.1", error_msg: message };
    response
      .writeHead(400, { "content-type": "application/json", "x-request-id": echo(request) })
      .end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const program = `
import pulumi
import pulumi_hss as hss

config = pulumi.Config()
common = dict(endpoint=config.require("url"), auth_url=config.require("url"), project_id="p", max_retries=0)
accounts = [
    hss.Provider("token", **common, token=config.require_secret("token")),
    hss.Provider("keys", **common, access_key="AKIDEXAMPLE0123", secret_key=config.require_secret("secretKey"),
        security_token=config.require_secret("securityToken")),
    hss.Provider("password", **common, user_name="user", domain_name="account", password=config.require_secret("password")),
]
failed = 0

def count(_):
    global failed
    for at in range(${calls}):
        account = accounts[at % 3]
        try:
            hss.get_app_whitelist_events(project_id=f"p{at}", opts=pulumi.InvokeOptions(provider=account))
        except Exception as error:
            failed += 1
            print(f"{at}: {error!r}")
    return failed

pulumi.export("failed", pulumi.Output.all(*[account.urn for account in accounts]).apply(count))
`;

test(`${calls} echoes, through the plugin and Python, in six encodings`, async () => {
  const project = await Project.open({ files: pythonProject(program), language: "python" });
  try {
    await project.must(["config", "set", "url", url]);
    for (const [name, secret] of Object.entries(secrets))
      await project.must(["config", "set", "--secret", name, secret]);
    const { stdout, stderr } = await project.pulumi(["up", "--yes", "--skip-preview", "--diff"]);
    const said = `${stdout}\n${stderr}\n${JSON.stringify(await project.state())}`;
    expect(said).toMatch(new RegExp(`failed *: ${calls}`));
    expect(said).toContain("[secret]");
    const leaks = Object.entries(secrets).flatMap(([name, secret]) =>
      encodings.flatMap((encode) => {
        const pieces = Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8));
        return pieces.filter((piece) => said.includes(encode(piece).replace(/^"|"$|=+$/g, ""))).map(() => name);
      }),
    );
    expect([...new Set(leaks)]).toEqual([]);
  } finally {
    await project.close();
  }
});
