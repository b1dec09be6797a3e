import * as pulumi from "@pulumi/pulumi";
import * as hss from "pulumi-hss";

// Stands in for the class of @pulumi/kubernetes, so that the tests need no cluster; to run it, install that package. A real
// program has `import * as kubernetes from "@pulumi/kubernetes"` instead and says `new kubernetes.core.v1.ConfigMap`.
interface ConfigMapArgs {
  metadata: { name: string; annotations: Record<string, pulumi.Input<string>> };
  data: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
class ConfigMap extends pulumi.CustomResource {
  constructor(name: string, args: ConfigMapArgs) {
    super("kubernetes:core/v1:ConfigMap", name, { apiVersion: "v1", kind: "ConfigMap", ...args });
  }
}

const config = new pulumi.Config();
const select = config.getObject<hss.RuleEntry[]>("select") ?? [{ handleMethods: ["mark_as_trust"], minHosts: 2 }];

const policy = hss.getWhitelistPolicyDocumentOutput({ lastDays: 30, select, format: "fapolicyd" });

new ConfigMap("whitelist", {
  metadata: {
    name: "hss-whitelist",
    // a pod that mounts the policy can be checked against these
    annotations: {
      "hss.example.com/sha256": policy.sha256,
      "hss.example.com/complete": pulumi.interpolate`${policy.complete}`,
    },
  },
  // one file, mounted under the name that its reader expects
  data: pulumi.all([policy.fileName, policy.document]).apply(([name, document]) => ({ [name]: document })),
});

export const summary = policy.summary;
export const sha256 = policy.sha256;
