import type { Paint } from '../../contract/paint.ts';
import { visibleLine } from '../../contract/visible-text.ts';
import { exitCodeOf, type Diagnosis } from '../doctor/diagnosis.ts';

/** The diagnosis for people: values with their sources, findings with the next step, and what it comes to. */
export function doctorLines(diagnosis: Diagnosis, paint: Paint): readonly string[] {
  const { environment, values, findings, notTried } = diagnosis;
  const width = Math.max(...values.map(({ name }) => name.length));
  const code = exitCodeOf(diagnosis);
  return [
    paint.strong(environment),
    ...values.map(
      ({ name, value, source }) =>
        `  ${name.padEnd(width)}  ${visibleLine(value)} ${paint.dim(`(${visibleLine(source)})`)}`,
    ),
    ...findings.flatMap(({ level, text, nextStep }) => [
      level === 'problem' ? paint.bad(`✗ ${visibleLine(text)}`) : paint.warning(`! ${visibleLine(text)}`),
      ...(nextStep === undefined ? [] : [`  ${paint.strong('next:')} ${visibleLine(nextStep)}`]),
    ]),
    code === 0
      ? paint.good('✓ A launch would go ahead.')
      : paint.bad(`✗ A launch would be refused with exit code ${code}.`),
    paint.dim(`  Not tried, for that would start or stop something: ${notTried.join(', ')}.`),
  ];
}

/** The same for programs, as one document. */
export function doctorDocument(diagnosis: Diagnosis): object {
  const { environment, values, findings, notTried } = diagnosis;
  return {
    version: 1,
    environment,
    exitCode: exitCodeOf(diagnosis),
    values,
    findings: findings.map(({ level, text, nextStep }) => ({ level, text, nextStep: nextStep ?? null })),
    notTried,
  };
}
