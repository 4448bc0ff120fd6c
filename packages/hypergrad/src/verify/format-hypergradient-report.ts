import type { HypergradientReport } from './types.js';

/** The report as a readable text: verdicts, then the gradient beside its difference, then the agreement matrix. */
export function formatHypergradientReport<Name extends string>(report: HypergradientReport<Name>): string {
  const names = Object.keys(report.gradient) as Name[];
  const { names: compared, distances } = report.agreement;
  return [
    table(
      ['check', 'verdict', 'measured', 'expected', 'because'],
      report.checks.map(({ name, verdict, measured, expected, reason }) => [
        name,
        verdict,
        short(measured),
        expected,
        reason,
      ]),
    ),
    table(
      ['by', 'hypergradient', 'difference', 'its error'],
      names.map((name) => [
        name,
        report.gradient[name].toPrecision(6),
        report.difference[name].value.toPrecision(6),
        short(report.difference[name].error),
      ]),
    ),
    table(
      ['relative distance', ...compared],
      compared.map((name, i) => [name, ...(distances[i] as readonly number[]).map(short)]),
    ),
    report.passed ? 'All checks passed.' : 'Not all checks passed.',
  ].join('\n\n');
}

const short = (value: number): string =>
  value === 0 || Number.isNaN(value)
    ? '-'
    : value >= 0.1 && value < 1000
      ? value.toFixed(2)
      : value.toExponential(1);

/** Left-aligned columns, two spaces apart. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, k) =>
    Math.max(title.length, ...rows.map((row) => (row[k] as string).length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, k) => cell.padEnd(widths[k] as number))
      .join('  ')
      .trimEnd();
  return [header, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n');
}
