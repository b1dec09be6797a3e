import type { Settings } from "../../settings/index.js";
import { ConfigurationError } from "../../errors.js";
import { printable } from "../../text.js";
import { encodeQuery } from "../signing.js";
import type { CredentialDependencies } from "./dependencies.js";
import { askIdentity, at, textAt } from "./identity.js";
import type { CredentialSource } from "./types.js";

/**
 * The id of the project that is called `projectName`, or like the region (`GET /v3/projects?name=`). Throws
 * `ConfigurationError` unless IAM knows exactly one; none is ever created.
 */
export async function projectIdByName(
  settings: Settings,
  { runtime }: Pick<CredentialDependencies, "runtime">,
  source: CredentialSource,
): Promise<string> {
  const name = settings.projectName ?? settings.region;
  if (name === undefined) throw problem("projectId", "is needed, or projectName or region to look it up by");
  const operation = "looking up the project id at IAM";
  const credentials = await source.get();
  const path = `/v3/projects?${encodeQuery([["name", name]])}`;
  const call = { operation, service: "iam", method: "GET", path, credentials } as const;
  const { body } = await askIdentity({ settings, runtime }, call);
  const projects = at(body, "projects");
  const count = Array.isArray(projects) ? projects.length : 0;
  if (count === 1) return textAt(operation, body, "projects", 0, "id");
  const property = settings.projectName === undefined ? "projectId" : "projectName";
  const found = count === 0 ? "no project" : `${count} projects`;
  throw problem(property, `IAM knows ${found} named ${printable(name, 64)} for these credentials: set projectId`);
}

const problem = (property: string, reason: string): ConfigurationError =>
  new ConfigurationError([{ property, reason }]);
