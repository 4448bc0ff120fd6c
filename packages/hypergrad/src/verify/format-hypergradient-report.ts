import type { HypergradientReport } from './types.js';

/**
 * The report as a readable text: verdicts, what to do about each that is not `pass`, the gradient beside its difference, the
 * agreement matrix.
 */
export function formatHypergradientReport<Name extends string>(report: HypergradientReport<Name>): string {
  const { names: compared, distances } = report.agreement;
  const open = report.checks.filter(({ verdict }) => verdict !== 'pass');
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
    ...(open.length === 0 ? [] : [advised(open)]),
    table(
      ['by', 'hypergradient', 'difference', 'its error'],
      report.differences.map(({ name, hypergradient, difference }) => [
        name,
        hypergradient.toPrecision(6),
        difference.value.toPrecision(6),
        short(difference.error),
      ]),
    ),
    table(
      ['relative distance', ...compared],
      compared.map((name, i) => [
        name,
        ...(distances[i] as readonly number[]).map((distance, j) => (i === j ? '-' : short(distance))),
      ]),
    ),
    conclusion(open),
  ].join('\n\n');
}

type Checks = HypergradientReport['checks'];

const advised = (open: Checks): string =>
  ['What to do:', ...open.map(({ name, verdict, advice }) => `  ${name} (${verdict}): ${advice}.`)].join(
    '\n',
  );

function conclusion(open: Checks): string {
  if (open.length === 0) return 'All checks passed.';
  return open.some(({ verdict }) => verdict === 'fail')
    ? 'The hypergradient, or a rule that makes it, is wrong.'
    : 'Nothing is seen to be wrong, but not everything could be checked.';
}

const short = (value: number): string =>
  Number.isNaN(value)
    ? '-'
    : value === 0 || (value >= 0.1 && value < 1000)
      ? String(Number(value.toFixed(2)))
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
