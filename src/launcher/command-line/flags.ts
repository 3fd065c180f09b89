/** What the options said, under commander's camelCase names; what is absent was not given. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;
