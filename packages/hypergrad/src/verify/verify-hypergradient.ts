import { checkOptions } from '@metadistill/options';
import { memory } from '@tensorflow/tfjs-core';
import { positive } from '../check-number.js';
import { hypergradient } from '../hypergradient.js';
import { finiteDifference } from '../methods/finite-difference.js';
import { forwardMode } from '../methods/forward-mode.js';
import { implicit } from '../methods/implicit.js';
import { mixed } from '../methods/mixed.js';
import { unrolled } from '../methods/unrolled.js';
import { fixedPoint } from '../solvers/fixed-point.js';
import { describeMetaparameters, metaparameterLayout, segmentsOf } from '../space/layout.js';
import { checkPoint } from '../step/check-point.js';
import type { HypergradientMethod } from '../types.js';
import { adjointGap } from './adjoint-gap.js';
import {
  agreementChecks,
  differenceChecks,
  leakCheck,
  mixedDerivativeChecks,
  secondOrderCheck,
  taylorCheck,
} from './checks.js';
import { extrapolatedDifference } from './extrapolated-difference.js';
import { mixedDerivativeGaps } from './mixed-derivative-gaps.js';
import { mixedProductGaps } from './mixed-product-gaps.js';
import { type Probe, probesOf } from './probes.js';
import { symmetryGap } from './symmetry-gap.js';
import { taylorTest } from './taylor-test.js';
import type { Estimate, HypergradientReport, VerifyHypergradientOptions } from './types.js';
import { gradientNormsOfSteps, validationAfterSteps } from './validation-after-steps.js';

/**
 * Checks the one-step hypergradient of a problem at a point by means that share nothing with its computation: central
 * differences of V(w'(λ)) by each metaparameter, the order of the Taylor remainder, forward against backward mode,
 * agreement of all exact methods, and the count of tensors. That the training gradient moves with each metaparameter as
 * the problem says is checked by itself, which tells where a mistake lies. If the problem has exact second-order rules,
 * their products with the Hessian are checked as well. With `scaleFree` the differences are of steps whose gradients are
 * brought to the lengths that they have at the point.
 *
 * Of an array some numbers are checked by themselves, those with the largest derivatives among them, and a direction in
 * which all move; its mixed derivative by products with it.
 *
 * It takes some 30 training steps per metaparameter, 300 per array, and 40 more. Borrows all that it is given and changes none of it.
 *
 * @returns plain data; `formatHypergradientReport` writes it as a table. A wrong derivative is a failed check, not an
 *   error.
 * @throws RangeError if the problem has no metaparameters, a metaparameter no finite value, an option is outside its range,
 *   or the reach leads to values at which the losses cannot be computed; TypeError if an option is unknown.
 */
export async function verifyHypergradient<Name extends string, TrainingBatch, ValidationBatch>(
  options: VerifyHypergradientOptions<Name, TrainingBatch, ValidationBatch>,
): Promise<HypergradientReport<Name>> {
  checkOptions<typeof options>('verifyHypergradient', options, {
    problem: 'problem',
    point: 'point',
    trainingBatch: true,
    validationBatch: true,
    scaleFree: true,
    methods: 'method[]?',
    shown: 'method[]?',
    reach: true,
    tolerance: true,
  });
  const { problem, point, trainingBatch, validationBatch, scaleFree = false } = options;
  checkPoint(problem, point, 'verifyHypergradient');
  const names = problem.metaparameters;
  checkOptions(
    'verifyHypergradient: reach',
    options.reach ?? {},
    Object.fromEntries(names.map((name) => [name, true as const])),
  );
  const gap = await adjointGap(problem, point, trainingBatch);
  const hasArray = problem.shapes !== undefined;
  const exact = options.methods ?? [
    ...(gap === undefined && !hasArray ? [] : [mixed({ via: 'jvp', scaleFree })]),
    ...(hasArray ? [] : [mixed({ via: 'vjp', scaleFree })]),
    unrolled({ steps: 1, scaleFree }),
    ...(hasArray ? [] : [forwardMode({ decay: 0, scaleFree })]),
    ...(scaleFree ? [] : [implicit({ solver: fixedPoint({ iterations: 1 }) })]),
  ];
  if (exact.length === 0) {
    throw new RangeError(
      'verifyHypergradient: methods is []; expected at least one. Leave it out to check all that are exact.',
    );
  }
  const shown = options.shown ?? [finiteDifference({ scaleFree })];
  const tolerance = positive('verifyHypergradient', 'tolerance', options.tolerance ?? 0.01);
  const layout = metaparameterLayout(problem);
  const at = layout.flatten(point.metaparameters);
  const reach = segmentsOf(problem).flatMap(({ name, start, size }) => {
    const given = options.reach?.[name];
    if (given !== undefined) positive('verifyHypergradient', `reach.${name}`, given);
    return at.slice(start, start + size).map((value) => given ?? 0.5 * (Math.abs(value) || 1));
  });

  const before = memory().numTensors;
  const gradientOf = async (method: HypergradientMethod): Promise<readonly number[]> => {
    const { gradient } = await hypergradient({ problem, point, trainingBatch, validationBatch, method });
    return layout.flatten(gradient);
  };
  const gradients: (readonly number[])[] = [];
  for (const method of [...exact, ...shown]) gradients.push(await gradientOf(method));
  const leakedTensors = memory().numTensors - before;

  const norms = scaleFree ? await gradientNormsOfSteps(problem, point, trainingBatch, 2) : undefined;
  const along = (direction: readonly number[], steps = 1) => {
    const validation = validationAfterSteps(problem, point, trainingBatch, validationBatch, steps, norms);
    return async (step: number): Promise<number> => {
      const metaparameters = layout.unflatten(at.map((value, j) => value + step * (direction[j] as number)));
      try {
        return await validation(metaparameters);
      } catch (cause) {
        throw new RangeError(
          `verifyHypergradient: reach is ${describeMetaparameters(layout.unflatten(reach))}; expected one within which the ` +
            `losses can be computed, but at ${describeMetaparameters(metaparameters)}: ${(cause as Error).message} Lower reach.`,
          { cause },
        );
      }
    };
  };
  const gradient = gradients[0] as readonly number[];
  const probes = probesOf(problem, gradient, reach);
  const differences: Estimate[] = [];
  for (const probe of probes) {
    differences.push(await extrapolatedDifference(along(probe.direction), probe.reach));
  }
  // Uphill in every metaparameter, so that their contributions do not cancel.
  const uphill = gradient.map((slope, j) => (slope < 0 ? -1 : 1) * (reach[j] as number));
  const firstOrder = dot(gradient, uphill);
  const taylor = await taylorTest(along(uphill), firstOrder);
  const symmetry = await symmetryGap(problem, point, trainingBatch);
  const secondOrder =
    symmetry === undefined
      ? []
      : [
          secondOrderCheck(
            dot(await gradientOf(unrolled({ steps: 2, scaleFree })), uphill),
            await extrapolatedDifference(along(uphill, 2), 1),
            symmetry,
            tolerance,
          ),
        ];

  // Metaparameters of different units are compared by what they change within their reach.
  const scaled = (values: readonly number[]) => values.map((value, j) => value * (reach[j] as number));
  const probed = (values: readonly number[]) =>
    probes.map(({ direction, reach: times }) => times * dot(values, direction));
  const compared = [
    { probed: differences.map(({ value }, k) => value * (probes[k] as Probe).reach) },
    ...gradients.map((values) => ({ probed: probed(values), whole: scaled(values) })),
  ];
  // What scale-free methods agree to is a rounding of what they take out.
  const least = scaleFree ? norm(scaled(await gradientOf(mixed()))) / 100 : 0;
  const distances = compared.map((a) =>
    compared.map((b) =>
      'whole' in a && 'whole' in b
        ? relativeDistance(a.whole, b.whole, least)
        : relativeDistance(a.probed, b.probed, least),
    ),
  );
  const derivatives = probes.map(({ direction }) => dot(gradient, direction));
  const checks = [
    ...differenceChecks(probes, derivatives, differences, tolerance),
    ...mixedDerivativeChecks(
      probes.map(({ name }) => name),
      hasArray
        ? await mixedProductGaps(problem, point, trainingBatch, layout, probes)
        : await mixedDerivativeGaps(problem, point, trainingBatch, reach),
      tolerance,
      hasArray ? 'mixedProduct' : 'mixedDerivatives',
    ),
    taylorCheck(taylor, tolerance),
    ...agreementChecks(
      gap,
      distances.slice(1, 1 + exact.length),
      exact,
      problem.isDifferenced ? tolerance : undefined,
    ),
    ...secondOrder,
    leakCheck(leakedTensors),
  ];
  return {
    passed: checks.every(({ verdict }) => verdict === 'pass'),
    checks,
    gradient: layout.unflatten(gradient),
    differences: probes.map(({ name }, k) => ({
      name,
      hypergradient: derivatives[k] as number,
      difference: differences[k] as Estimate,
    })),
    taylor,
    agreement: { names: ['difference', ...[...exact, ...shown].map(({ name }) => name)], distances },
    ...(gap !== undefined && { adjointGap: gap }),
    ...(symmetry !== undefined && { symmetryGap: symmetry }),
    leakedTensors,
  };
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, j) => sum + value * (b[j] as number), 0);

const norm = (values: readonly number[]): number => Math.sqrt(dot(values, values));

/** ‖a − b‖ / max(‖a‖, ‖b‖, least); 0 if a and b are equal. */
function relativeDistance(a: readonly number[], b: readonly number[], least: number): number {
  const distance = norm(a.map((value, j) => value - (b[j] as number)));
  return distance === 0 ? 0 : distance / Math.max(norm(a), norm(b), least);
}
