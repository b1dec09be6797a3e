import { z } from "zod";
import { configuration, settingMeta } from "../settings/index.js";
import { functions } from "../functions/index.js";
import type { FunctionDefinition } from "../functions/definition.js";
import type { ResourceDefinition } from "../resources/definition.js";
import { resources } from "../resources/index.js";
import { metaOf, unwrap } from "../zod.js";

/**
 * The Pulumi schema of the package, derived from the zod definitions of the settings and the functions.
 *
 * https://www.pulumi.com/docs/iac/extending-pulumi/schema/
 */

const packageName = "hss";
export const token = (name: string): string => `${packageName}:index:${name}`;

interface TypeSpec {
  readonly type?: "boolean" | "integer" | "number" | "string" | "array" | "object";
  readonly items?: TypeSpec;
  readonly additionalProperties?: TypeSpec;
  readonly $ref?: string;
  readonly oneOf?: readonly TypeSpec[];
}

interface PropertySpec extends TypeSpec {
  readonly description?: string;
  readonly secret?: boolean;
  readonly defaultInfo?: { readonly environment: readonly string[] };
}

interface ObjectSpec {
  readonly type: "object";
  readonly description?: string;
  readonly properties: Record<string, PropertySpec>;
  readonly required?: readonly string[];
}

/** The words of a closed vocabulary. */
interface EnumSpec {
  readonly type: "string";
  readonly enum: readonly { readonly value: string }[];
}

class Deriver {
  readonly types: Record<string, ObjectSpec | EnumSpec> = {};

  object(schema: z.ZodObject): ObjectSpec {
    const fields = Object.entries(schema.shape) as [string, z.ZodType][];
    const required = fields.filter(([, field]) => !field.safeParse(undefined).success).map(([name]) => name);
    const properties = Object.fromEntries(fields.map(([name, field]) => [name, this.property(field)]));
    return {
      type: "object",
      description: metaOf(schema, "description"),
      properties,
      ...(required.length > 0 && { required }),
    };
  }

  property(field: z.ZodType): PropertySpec {
    const secret = metaOf<boolean>(field, "secret");
    return { description: metaOf(field, "description"), ...this.type(field), ...(secret && { secret }) };
  }

  private type(outer: z.ZodType): TypeSpec {
    const declared = metaOf<TypeSpec["type"]>(outer, "pulumiType");
    if (declared !== undefined) return { type: declared };
    const field = unwrap(outer);
    if (field instanceof z.ZodArray) return { type: "array", items: this.type(field.element as z.ZodType) };
    if (field instanceof z.ZodObject) return this.reference(field);
    if (field instanceof z.ZodUnion) return { oneOf: field.options.map((option) => this.type(option as z.ZodType)) };
    if (field instanceof z.ZodBoolean) return { type: "boolean" };
    if (field instanceof z.ZodNumber) return { type: field.isInt ? "integer" : "number" };
    if (field instanceof z.ZodEnum) return this.words(field);
    if (field instanceof z.ZodString) return { type: "string" };
    if (field instanceof z.ZodRecord)
      return { type: "object", additionalProperties: this.type(field.valueType as z.ZodType) };
    throw new Error(`no Pulumi type for a zod ${field.def.type}`);
  }

  /** With a name of its own a type for people to pick from; any other string is left for the check to refuse in words. */
  private words(field: z.ZodEnum): TypeSpec {
    const id = field.meta()?.id;
    if (id === undefined) return { type: "string" };
    this.types[token(id)] = { type: "string", enum: field.options.map((value) => ({ value: String(value) })) };
    return { oneOf: [{ type: "string" }, { $ref: `#/types/${token(id)}` }] };
  }

  private reference(schema: z.ZodObject): TypeSpec {
    const id = schema.meta()?.id;
    if (id === undefined) throw new Error(`an object type has no id: ${Object.keys(schema.shape).join(", ")}`);
    const own = token(id);
    this.types[own] ??= this.object(schema);
    return { $ref: `#/types/${own}` };
  }
}

export interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly keywords: readonly string[];
  readonly homepage: string;
  readonly repository: { readonly url: string };
}

export interface Definitions {
  readonly functions: readonly FunctionDefinition[];
  readonly resources: readonly ResourceDefinition[];
}

export function packageSchema(manifest: Manifest, definitions: Definitions = { functions, resources }) {
  const deriver = new Deriver();
  const settings = Object.fromEntries(
    (Object.entries(configuration.shape) as [string, z.ZodType][]).map(([name, setting]) => {
      const { secret } = settingMeta(setting);
      return [name, { ...deriver.property(setting), ...(secret && { secret }) }];
    }),
  );
  const derived = definitions.functions.map(
    (definition) =>
      [
        token(definition.name),
        {
          description: described(definition),
          inputs: deriver.object(definition.args),
          outputs: deriver.object(definition.result),
        },
      ] as const,
  );
  const managed = definitions.resources.map((definition) => {
    const inputs = deriver.object(definition.inputs);
    const outputs = deriver.object(definition.outputs);
    // the state has every input, those that were not given by their defaults
    const state = { ...inputs.properties, ...outputs.properties };
    return [
      token(definition.name),
      {
        description: described(definition),
        inputProperties: inputs.properties,
        ...(inputs.required && { requiredInputs: inputs.required }),
        properties: state,
        required: Object.keys(state),
      },
    ] as const;
  });
  const sorted = <T>(record: Record<string, T>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  const repository = manifest.repository.url.replace(/^git\+|\.git$/g, "");
  return {
    name: packageName,
    displayName: "Huawei Cloud HSS",
    version: manifest.version,
    description: manifest.description,
    keywords: [...manifest.keywords, "category/cloud", "kind/native"],
    homepage: manifest.homepage,
    license: manifest.license,
    attribution: "Not affiliated with Huawei Cloud or Pulumi.",
    repository,
    logoUrl: `${repository.replace("github.com", "raw.githubusercontent.com")}/main/docs/logo.svg`,
    pluginDownloadURL: repository.replace("https://github.com", "github://api.github.com"),
    publisher: "pulumi-hss",
    meta: { moduleFormat: "(.*)" },
    language: {
      nodejs: { packageName: "pulumi-hss", respectSchemaVersion: true },
      python: { packageName: "pulumi_hss", respectSchemaVersion: true, pyproject: { enabled: true } },
      go: {
        importBasePath: `${repository.replace("https://", "")}/sdk/go/hss`,
        modulePath: `${repository.replace("https://", "")}/sdk/go`,
        respectSchemaVersion: true,
        generateResourceContainerTypes: true,
      },
      csharp: { rootNamespace: "PulumiHss", namespaces: { hss: "Hss" }, respectSchemaVersion: true },
      java: { basePackage: "io.github.pulumihss", buildFiles: "gradle" },
    },
    config: { variables: settings },
    provider: { description: "Where HSS is, who asks, and with how much patience.", inputProperties: settings },
    types: sorted(deriver.types),
    resources: sorted(Object.fromEntries(managed)),
    functions: sorted(Object.fromEntries(derived)),
  };
}

/** With an example, which each language's own documentation shows. */
const described = ({ description, example }: { readonly description: string; readonly example?: string }): string =>
  example === undefined ? description : `${description}\n\n## Example Usage\n\n\`\`\`yaml\n${example.trim()}\n\`\`\``;
