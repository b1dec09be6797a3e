import type { z } from "zod";

/** What a setting is beside its type: read by the Pulumi schema, the reference page and `resolveSettings`. */
export interface SettingMeta {
  readonly description: string;
  /** True for what must be in no message, log, output or state in the clear. */
  readonly secret: boolean;
  /** Environment variables that can give the setting, in order of precedence. */
  readonly environment: readonly string[];
}

/** The metadata of one property of `configuration`, whichever of its wrappers (`optional`) carries it. */
export function settingMeta(schema: z.core.$ZodType): SettingMeta {
  const known = chain(schema).map((layer): Readonly<Record<string, unknown>> => (layer as z.ZodType).meta() ?? {});
  const find = <T>(key: string): T | undefined => known.find((meta) => meta[key] !== undefined)?.[key] as T | undefined;
  return {
    description: find("description") ?? "",
    secret: find("secret") ?? false,
    environment: find("environment") ?? [],
  };
}

/** The type itself, without `optional` and `default` around it. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  return chain(schema).at(-1) ?? schema;
}

function chain(schema: z.core.$ZodType): z.core.$ZodType[] {
  const { innerType } = schema._zod.def as { innerType?: z.core.$ZodType };
  return innerType ? [schema, ...chain(innerType)] : [schema];
}
