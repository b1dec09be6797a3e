// The least that `provider.main` serves: what the plugin's start is measured against.
const { main } = require("@pulumi/pulumi/provider");

void main({ version: "0.0.0" }, process.argv.slice(2));
