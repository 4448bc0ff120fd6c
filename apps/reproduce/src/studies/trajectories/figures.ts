import { dot, frame, line, ruleX, ruleY, text } from '@observablehq/plot';
import { legend, palette } from '../../report/figure/legend.js';
import { renderSvg } from '../../report/figure/render-svg.js';
import type { OpenLoopRecord } from './open-loop.js';
import type { CostDifference, Spread } from './summarize.js';

/** Half the width of a 95 % interval, in standard errors. */
const normal95 = 1.96;

const metaparameters: readonly string[] = ['distillation fraction', 'temperature'];

/** Error against horizon, a panel per block length and metaparameter. */
export function openLoopFigure(
  recordsOf: readonly (readonly [predictor: string, records: readonly OpenLoopRecord[]])[],
): string {
  const points = recordsOf.flatMap(([predictor, records]) =>
    records.flatMap(({ blockLength, horizon, fractionError, temperatureError }) =>
      [fractionError, temperatureError].map((error, j) => ({
        predictor,
        block: `e1 = ${blockLength}`,
        horizon,
        metaparameter: metaparameters[j] as string,
        // Where nothing moves a prediction can be exact, which a logarithm does not show.
        error: Math.max(error, 1e-5),
      })),
    ),
  );
  const names = recordsOf.map(([predictor]) => predictor);
  const blocks = [...new Set(points.map(({ block }) => block))];
  return renderSvg({
    width: 1100,
    height: 520,
    marginLeft: 60,
    marginRight: 160,
    x: { type: 'log', grid: true, label: 'iterations ahead', ticks: [1, 10, 100, 500], tickFormat: 'd' },
    y: { type: 'log', grid: true, label: 'mean absolute error', tickFormat: '.0e' },
    fx: { domain: blocks, label: null },
    fy: { axis: null },
    color: { domain: names, range: [...palette] },
    marks: [
      frame({ stroke: '#ccc' }),
      line(points, { x: 'horizon', y: 'error', fx: 'block', fy: 'metaparameter', stroke: 'predictor' }),
      dot(points, { x: 'horizon', y: 'error', fx: 'block', fy: 'metaparameter', fill: 'predictor', r: 2 }),
      text(metaparameters, {
        fx: metaparameters.map(() => blocks[0]),
        fy: metaparameters,
        text: metaparameters,
        frameAnchor: 'top-left',
        dx: 8,
        dy: 8,
      }),
      ...legend(names, { fx: blocks.at(-1) as string, fy: metaparameters[0] as string }),
    ],
  });
}

/** Accuracy with its 95 % interval, a panel per block length, beside that of a hypergradient in every iteration. */
export function closedLoopFigure(
  names: readonly string[],
  blockLengths: readonly number[],
  accuracyOf: (predictor: string, blockLength: number) => Spread,
  reference: number,
): string {
  const points = names.flatMap((predictor) =>
    blockLengths.map((blockLength) => {
      const { mean, standardError } = accuracyOf(predictor, blockLength);
      return { predictor, block: `e1 = ${blockLength}`, mean, ...interval(mean, normal95 * standardError) };
    }),
  );
  return renderSvg({
    width: 1100,
    height: 320,
    marginLeft: 130,
    x: { grid: true, label: 'accuracy on fresh points; the line is a hypergradient in every iteration' },
    y: { domain: [...names], label: null },
    fx: { domain: blockLengths.map((length) => `e1 = ${length}`), label: null },
    marks: [
      frame({ stroke: '#ccc' }),
      ruleX([reference], { stroke: palette[1] }),
      ruleY(points, { y: 'predictor', x1: 'low', x2: 'high', fx: 'block' }),
      dot(points, { y: 'predictor', x: 'mean', fx: 'block', fill: palette[0] }),
    ],
  });
}

/** Differences to the baseline of equal cost with their 95 % intervals, a panel per cost and kind of data. */
export function equalCostFigure(differences: readonly CostDifference[]): string {
  const points = differences.map((each) => ({
    ...each,
    against: `against ${each.baseline}`,
    // The rest of the name is the cost, which the panel says.
    kind: each.contender.replace(/-[\dx.]+$/, ''),
  }));
  return renderSvg({
    width: 900,
    height: 320,
    marginLeft: 170,
    marginRight: 110,
    x: { grid: true, label: 'difference of accuracy on fresh points' },
    y: { domain: [...new Set(points.map(({ kind }) => kind))], label: null },
    fx: { domain: [...new Set(points.map(({ data }) => data))], label: null },
    fy: { domain: [...new Set(points.map(({ against }) => against))], label: null },
    marks: [
      frame({ stroke: '#ccc' }),
      ruleX([0], { stroke: palette[1] }),
      ruleY(points, { y: 'kind', x1: 'low', x2: 'high', fx: 'data', fy: 'against' }),
      dot(points, { y: 'kind', x: 'mean', fx: 'data', fy: 'against', fill: palette[0] }),
    ],
  });
}

const interval = (mean: number, half: number) => ({ low: mean - half, high: mean + half });
