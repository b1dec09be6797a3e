import * as pulumi from "@pulumi/pulumi";
import * as hss from "pulumi-hss";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

// The team's rule. As stack configuration it is reviewed like code:
//   pulumi config set --path 'select[0].minHosts' 6
const config = new pulumi.Config();
const select = config.getObject<hss.RuleEntry[]>("select") ?? [{ handleMethods: ["mark_as_trust"], minHosts: 2 }];
// an allowed interpreter runs any text file that is given to it
const exclude = config.getObject<hss.RuleEntry[]>("exclude") ?? [{ kinds: ["interpreter", "shell"] }];
const directory = config.get("directory") ?? "policy";

// The policy in force: what it allows stays until something speaks against it, though HSS reports 30 days only.
const evidencePath = `${directory}/whitelist.json`;
const before = existsSync(evidencePath) ? readFileSync(evidencePath, "utf8") : "";

// One read: every event of the last 30 days, grouped by the hash of the file that ran.
const observed = hss.getObservedProcessesOutput({ lastDays: 30 });
const rule = { observation: observed.observation, select, exclude, before };

// What the hosts enforce, and the evidence for it.
const policy = hss.getWhitelistPolicyDocumentOutput({ ...rule, format: "fapolicyd", mode: "audit" });
const evidence = hss.getWhitelistPolicyDocumentOutput({ ...rule, format: "json" });
const changes = hss.getWhitelistPolicyDiffOutput({ before, after: evidence.document });
changes.summary.apply((summary) => pulumi.log.info(`whitelist: ${summary}`));

// The same for a pull request: what changes, on what evidence, why.
const reviewFile = process.env["REVIEW_FILE"];
if (reviewFile) {
  changes.apply(({ summary, table }) => writeFileSync(reviewFile, `# Whitelist: ${summary}\n\n${table}\n`));
}

const policyFile = new hss.WhitelistPolicyFile("policy", {
  path: pulumi.interpolate`${directory}/${policy.fileName}`,
  content: policy.document,
});
new hss.WhitelistPolicyFile("evidence", {
  path: evidencePath,
  // a quiet month changes nothing
  content: pulumi.all([changes, evidence]).apply(([{ unchanged }, { document }]) => (unchanged ? before : document)),
});

export const eventsRead = observed.totalNum;
export const complete = observed.complete;
export const hashesAllowed = evidence.included.length;
export const hashesLeftOut = evidence.excluded.length;
export const summary = policy.summary;
export const file = policyFile.path;
export const sha256 = policyFile.sha256;
