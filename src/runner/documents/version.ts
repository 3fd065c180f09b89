/** The `version` of every `--json` document: fields may be added within a version, never taken away or changed. */
export const documentVersion = 1;
