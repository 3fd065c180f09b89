import * as z from 'zod/mini';

/** How a field of a document is described: its shape, and what it means. */
export const described = <Schema extends z.ZodMiniType>(schema: Schema, meaning: string): Schema =>
  schema.check(z.describe(meaning));
export const text = (meaning: string): z.ZodMiniString => described(z.string(), meaning);
export const textOrNull = (meaning: string): z.ZodMiniNullable<z.ZodMiniString> =>
  described(z.nullable(z.string()), meaning);
export const flag = (meaning: string): z.ZodMiniBoolean => described(z.boolean(), meaning);
export const texts = (meaning: string): z.ZodMiniReadonly<z.ZodMiniArray<z.ZodMiniString>> =>
  described(z.readonly(z.array(z.string())), meaning);
