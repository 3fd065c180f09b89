import { createHash } from 'node:crypto';

import { version } from '../../../contract/version.ts';
import type { Finding } from '../finding.ts';
import type { LintReport } from '../lint-revisions.ts';
import { rules } from '../rules.ts';

const levels = { error: 'error', warning: 'warning', notice: 'note' } as const;

/** SARIF 2.1.0 (OASIS standard), which GitHub's code scanning and editors read; what is allowed stands in it as suppressed. */
export function formatSarif({ findings, allowed, sources }: LintReport): string {
  const texts = new Map(sources.map(({ file, text }) => [file, text]));
  const names = [...rules.keys()];
  const resultOf = (finding: Finding, reason?: string): object => ({
    ruleId: finding.rule,
    ruleIndex: names.indexOf(finding.rule),
    level: levels[finding.severity],
    message: {
      text: finding.recipe === undefined ? finding.message : `${finding.message}\n\nInstead:\n${finding.recipe}`,
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(finding.file) },
          region: { startLine: finding.line, startColumn: finding.column },
        },
      },
    ],
    partialFingerprints: { 'migrateLint/v1': fingerprint(finding, texts.get(finding.file) ?? '') },
    properties: { revision: finding.revision, statement: finding.statement, locks: finding.locks },
    ...(reason !== undefined && { suppressions: [{ kind: 'inSource', status: 'accepted', justification: reason }] }),
  });
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'migrate lint',
            version,
            rules: [...rules].map(([id, { about, severity, family }]) => ({
              id,
              shortDescription: { text: about },
              defaultConfiguration: { level: levels[severity] },
              properties: { tags: [family] },
            })),
          },
        },
        columnKind: 'unicodeCodePoints',
        results: [
          ...findings.map((finding) => resultOf(finding)),
          ...allowed.map((finding) => resultOf(finding, finding.reason)),
        ],
      },
    ],
  };
  return JSON.stringify(log, undefined, 2);
}

/** The same finding in a file that has moved lines since: its rule, its revision and the text of its line. */
function fingerprint({ rule, revision, line }: Finding, text: string): string {
  const source = (text.split('\n')[line - 1] ?? '').trim();
  return createHash('sha256').update([rule, revision, source].join('\n')).digest('hex').slice(0, 32);
}

function uriOf(file: string): string {
  return file.split(/[/\\]/).map(encodeURIComponent).join('/');
}
