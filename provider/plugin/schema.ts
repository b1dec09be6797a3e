import { z } from "zod";
import { configuration, settingMeta } from "../settings/index.js";
import { functions } from "../functions/index.js";
import { metaOf, unwrap } from "../zod.js";

/**
 * The Pulumi schema of the package, derived from the zod definitions of the settings and the functions.
 *
 * https://www.pulumi.com/docs/iac/extending-pulumi/schema/
 */

const packageName = "hss";
export const functionToken = (name: string): string => `${packageName}:index:${name}`;

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

class Deriver {
  readonly types: Record<string, ObjectSpec> = {};

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
    return { description: metaOf(field, "description"), ...this.type(field) };
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
    if (field instanceof z.ZodString || field instanceof z.ZodEnum) return { type: "string" };
    if (field instanceof z.ZodRecord)
      return { type: "object", additionalProperties: this.type(field.valueType as z.ZodType) };
    throw new Error(`no Pulumi type for a zod ${field.def.type}`);
  }

  private reference(schema: z.ZodObject): TypeSpec {
    const id = schema.meta()?.id;
    if (id === undefined) throw new Error(`an object type has no id: ${Object.keys(schema.shape).join(", ")}`);
    const token = functionToken(id);
    this.types[token] ??= this.object(schema);
    return { $ref: `#/types/${token}` };
  }
}

export function packageSchema(manifest: { version: string; description: string; license: string; keywords: string[] }) {
  const deriver = new Deriver();
  const settings = Object.fromEntries(
    (Object.entries(configuration.shape) as [string, z.ZodType][]).map(([name, setting]) => {
      const { secret } = settingMeta(setting);
      return [name, { ...deriver.property(setting), ...(secret && { secret }) }];
    }),
  );
  const derived = functions.map(
    (definition) =>
      [
        functionToken(definition.name),
        {
          description: definition.description,
          inputs: deriver.object(definition.args),
          outputs: deriver.object(definition.result),
        },
      ] as const,
  );
  const sorted = <T>(record: Record<string, T>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    name: packageName,
    displayName: "Huawei Cloud HSS",
    version: manifest.version,
    description: manifest.description,
    keywords: manifest.keywords,
    license: manifest.license,
    publisher: "pulumi-hss",
    attribution: "Not affiliated with Huawei Cloud or Pulumi.",
    meta: { moduleFormat: "(.*)" },
    language: {
      nodejs: { respectSchemaVersion: true },
      python: { respectSchemaVersion: true, pyproject: { enabled: true } },
      go: { respectSchemaVersion: true, generateResourceContainerTypes: true },
      csharp: { respectSchemaVersion: true },
    },
    config: { variables: settings },
    provider: { description: "Where HSS is, who asks, and with how much patience.", inputProperties: settings },
    types: sorted(deriver.types),
    functions: sorted(Object.fromEntries(derived)),
  };
}
