import { z } from "zod";
import { configuration } from "../settings/index.js";
import { functions } from "../functions/index.js";
import { fieldMeta } from "../hss/decode.js";

/**
 * The Pulumi schema of the package, derived from the zod definitions of the settings and the functions.
 *
 * https://www.pulumi.com/docs/iac/extending-pulumi/schema/
 */

export const packageName = "hss";
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

export interface PackageSpec {
  readonly name: string;
  readonly version: string;
  readonly functions: Record<string, { description: string; inputs: ObjectSpec; outputs: ObjectSpec }>;
  readonly types: Record<string, ObjectSpec>;
  readonly [more: string]: unknown;
}

class Deriver {
  readonly types: Record<string, ObjectSpec> = {};

  object(schema: z.ZodObject): ObjectSpec {
    const fields = Object.entries(schema.shape) as [string, z.ZodType][];
    const required = fields.filter(([, field]) => !field.safeParse(undefined).success).map(([name]) => name);
    const properties = Object.fromEntries(fields.map(([name, field]) => [name, this.property(field)]));
    return { type: "object", description: description(schema), properties, ...(required.length > 0 && { required }) };
  }

  property(field: z.ZodType): PropertySpec {
    return { description: description(field), ...this.type(field) };
  }

  private type(field: z.ZodType): TypeSpec {
    const declared = fieldMeta(field).pulumiType;
    if (declared !== undefined) return { type: declared };
    if (field instanceof z.ZodOptional || field instanceof z.ZodDefault) return this.type(field.unwrap() as z.ZodType);
    if (field instanceof z.ZodPipe) return this.type(field.out as z.ZodType);
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

/** Of the schema, or of what it wraps. */
function description(schema: z.ZodType): string | undefined {
  const own = schema.meta()?.description;
  if (own !== undefined) return own;
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? description(schema.unwrap() as z.ZodType)
    : undefined;
}

export function packageSchema(manifest: {
  version: string;
  description: string;
  license: string;
  keywords: string[];
}): PackageSpec {
  const deriver = new Deriver();
  const settings = Object.fromEntries(
    (Object.entries(configuration.shape) as [string, z.ZodType][]).map(([name, setting]) => {
      const { secret } = (setting.meta() ?? {}) as { secret?: boolean };
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
