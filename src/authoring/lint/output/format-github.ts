import { visibleText } from '../../../contract/visible-text.ts';
import type { LintReport } from '../lint-revisions.ts';

/**
 * Workflow commands that GitHub Actions shows at the line in the pull request (documentation, "Workflow commands": error,
 * warning and notice); foreign text in them can end neither the value nor the line.
 */
export function formatGithub({ findings, remarks }: LintReport): string {
  const lines = findings.map(({ severity, file, line, column, rule, message, recipe }) => {
    const properties = Object.entries({ file, line, col: column, title: `migrate lint: ${rule}` });
    const given = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
    return `::${severity} ${given}::${escapeData(recipe === undefined ? message : `${message}\nInstead:\n${recipe}`)}`;
  });
  return [...lines, ...remarks.map((remark) => `::notice::${escapeData(remark)}`)].join('\n');
}

function escapeData(text: string): string {
  return visibleText(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
