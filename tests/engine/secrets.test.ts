import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { randomBytes, randomInt } from "node:crypto";
import { goProject, linkModules, Project, pythonProject, typescriptProject, yamlProject } from "./harness.js";

// A service that repeats the secrets it was sent, cut anywhere: nothing of eight characters on the console of a real run.
// `SECRET_ECHOES=10000 npx jest tests/engine/secrets` took 190 s on a busy machine of two cores (2026-12-01): no piece got out.

const text = (bytes: number) => randomBytes(bytes).toString("base64url");
const secrets = {
  token: text(300),
  secretKey: text(30),
  securityToken: text(200),
  password: `${text(12)}&"<%${text(12)}`,
};
const wanted = Number(process.env["SECRET_ECHOES"] ?? 1000);
/** A message is shown to its 600th character. */
const shown = 560;
/** Of each language; a message holds ten pieces and more, most of them short. */
const calls = Math.ceil(wanted / 4 / 9);

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
  const piece = secret.slice(start, start + 8 + Math.floor(Math.random() ** 4 * (secret.length - start - 7)));
  return encodings[randomInt(encodings.length)]?.(piece) ?? "";
}

let echoed = 0;

/** As many as are shown of one message. */
function echoes(request: IncomingMessage): string {
  const all: string[] = [];
  for (let next = echo(request); all.join(" ").length + next.length < shown; next = echo(request)) all.push(next);
  echoed += all.length;
  return all.join(" ");
}

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    const message = `refused for ${echoes(request)} again`;
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

const python = `
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

def call_all(_):
    for at in range(${calls}):
        try:
            hss.get_app_whitelist_events(project_id=f"p{at}", opts=pulumi.InvokeOptions(provider=accounts[at % 3]))
        except Exception as error:
            print(f"{at}: {error!r}")
    return "done"

pulumi.export("calls", pulumi.Output.all(*[account.urn for account in accounts]).apply(call_all))
`;

const typescript = `
import * as pulumi from "@pulumi/pulumi";
import * as hss from "pulumi-hss";

const config = new pulumi.Config();
const common = { endpoint: config.require("url"), authUrl: config.require("url"), maxRetries: 0 };
const accounts = [
  new hss.Account({ ...common, token: config.requireSecret("token") }),
  new hss.Account({ ...common, accessKey: "AKIDEXAMPLE0123", secretKey: config.requireSecret("secretKey"), securityToken: config.requireSecret("securityToken") }),
  new hss.Account({ ...common, userName: "user", domainName: "account", password: config.requireSecret("password") }),
];
async function callAll() {
  for (let at = 0; at < ${calls}; at++) {
    try {
      await hss.getAppWhitelistEvents({ projectId: "p" + at }, { account: accounts[at % 3] });
    } catch (error) {
      console.log(at, error);
    }
  }
  return "done";
}
export const calls = callAll();
`;

const go = `
package main

import (
	"fmt"

	"github.com/pulumi-hss/pulumi-hss/sdk/go/hss"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		c := config.New(ctx, "")
		common := func() *hss.ProviderArgs {
			url := pulumi.String(c.Require("url"))
			return &hss.ProviderArgs{Endpoint: url, AuthUrl: url, MaxRetries: pulumi.Int(0)}
		}
		token, keys, password := common(), common(), common()
		token.Token = c.RequireSecret("token")
		keys.AccessKey = pulumi.String("AKIDEXAMPLE0123")
		keys.SecretKey = c.RequireSecret("secretKey")
		keys.SecurityToken = c.RequireSecret("securityToken")
		password.UserName = pulumi.String("user")
		password.DomainName = pulumi.String("account")
		password.Password = c.RequireSecret("password")
		var accounts []pulumi.ProviderResource
		for at, args := range []*hss.ProviderArgs{token, keys, password} {
			account, err := hss.NewProvider(ctx, fmt.Sprintf("account%d", at), args)
			if err != nil {
				return err
			}
			accounts = append(accounts, account)
		}
		for at := 0; at < ${calls}; at++ {
			project := fmt.Sprintf("p%d", at)
			_, err := hss.GetAppWhitelistEvents(ctx, &hss.GetAppWhitelistEventsArgs{ProjectId: &project}, pulumi.Provider(accounts[at%3]))
			if err != nil {
				fmt.Printf("%d: %#v %v\\n", at, err, err)
			}
		}
		ctx.Export("calls", pulumi.String("done"))
		return nil
	})
}
`;

const names = ["token", "keys", "password"];
const yaml = `config: { url: { type: string }, token: { type: string }, secretKey: { type: string }, securityToken: { type: string }, password: { type: string } }
resources:
${[
  'token: "${token}"',
  'accessKey: AKIDEXAMPLE0123, secretKey: "${secretKey}", securityToken: "${securityToken}"',
  'userName: user, domainName: account, password: "${password}"',
]
  .map(
    (own, at) =>
      `  account${names[at] ?? ""}: { type: "pulumi:providers:hss", properties: { endpoint: "\${url}", authUrl: "\${url}", maxRetries: 0, ${own} } }\n`,
  )
  .join("")}variables:
${Array.from(
  { length: calls },
  (_, at) =>
    `  v${at}: { fn::invoke: { function: "hss:getAppWhitelistEvents", arguments: { projectId: p${at} }, options: { provider: "\${account${names[at % 3] ?? ""}}" } } }\n`,
).join("")}`;

const languages: readonly (readonly [string, () => Promise<Project>])[] = [
  ["Python, through the plugin", () => Project.open({ files: pythonProject(python), language: "python" })],
  ["Go, through the plugin", () => Project.open({ files: goProject(go), language: "go" })],
  ["YAML, through the plugin", () => Project.open({ files: yamlProject(yaml) })],
  [
    "TypeScript, in the program",
    async () => {
      const project = await Project.open({ files: typescriptProject(typescript) });
      await linkModules(project);
      return project;
    },
  ],
];

test.each(languages)(`${wanted / 4} echoes in six encodings: %s`, async (_, open) => {
  const project = await open();
  echoed = 0;
  try {
    await project.must(["config", "set", "url", url]);
    for (const [name, secret] of Object.entries(secrets))
      await project.must(["config", "set", "--secret", name, secret]);
    const { stdout, stderr } = await project.pulumi(["up", "--yes", "--skip-preview", "--diff"]);
    const said = `${stdout}\n${stderr}\n${JSON.stringify(await project.state())}`;
    expect(said.match(/refused for/g)?.length).toBeGreaterThanOrEqual(calls);
    expect(echoed).toBeGreaterThanOrEqual(wanted / 4);
    expect(said.match(/\[secret\]/g)?.length).toBeGreaterThan(echoed / 2);
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
