import type { ResourceDefinition } from "./definition.js";
import { complianceSnapshot } from "./complianceSnapshot.js";
import { whitelistPolicyFile } from "./whitelistPolicyFile.js";

/** Every resource of the package. */
export const resources: readonly ResourceDefinition[] = [whitelistPolicyFile, complianceSnapshot];
