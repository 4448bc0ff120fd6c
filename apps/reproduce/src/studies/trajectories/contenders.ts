import { adaptive, alternate, always, type Controller, everyKth } from '@metadistill/trajectory';
import { blockLengths, bounds, predictors } from './predictors.js';

/** A way to decide where the next metaparameters come from. */
export interface Contender {
  readonly name: string;
  readonly controller: Controller;
  /** How many times as long its steps of the metaparameters are. */
  readonly stepFactor: number;
}

const everyStep: Contender = { name: 'gradient', controller: always(), stepFactor: 1 };

/** No model at all: a k-fold step in every k-th iteration. */
const everyFew = (k: number): Contender => ({ name: `every-${k}`, controller: everyKth(k), stepFactor: k });

/** Blocks of e1 iterations: one of gradients, then period − 1 of predictions. */
const blocks = (predictor: string, gradientIterations: number, period: number): Contender => ({
  name: `${predictor}-${gradientIterations}x${period}`,
  controller: alternate({ gradientIterations, period, predictor: predictors[predictor]!, bounds }),
  stepFactor: 1,
});

const adaptively = (predictor: string, budget: number): Contender => ({
  name: `adaptive-${predictor}-${budget.toFixed(2)}`,
  controller: adaptive({ predictor: predictors[predictor]!, budget, bounds }),
  stepFactor: 1,
});

/** Every predictor in blocks of every length, one of two predicted. */
export const predicting: readonly Contender[] = Object.keys(predictors).flatMap((predictor) =>
  blockLengths.map((length) => blocks(predictor, length, 2)),
);

/** A hypergradient in a fifth of the iterations costs 4/3 plain steps an iteration, in a tenth 7/6. */
export const equalCost: Readonly<Record<string, readonly Contender[]>> = {
  'every-5': [
    everyFew(5),
    blocks('linear', 10, 5),
    blocks('ar1', 10, 5),
    adaptively('linear', 4 / 3),
    adaptively('ar1', 4 / 3),
    adaptively('ar1-unconstrained', 4 / 3),
  ],
  'every-10': [
    everyFew(10),
    blocks('linear', 10, 10),
    blocks('ar1', 10, 10),
    adaptively('linear', 7 / 6),
    adaptively('ar1', 7 / 6),
    adaptively('ar1-unconstrained', 7 / 6),
  ],
};

/** What others are measured against: a gradient in every iteration, and in every second with a twofold step. */
export const references: readonly [everyStep: Contender, everySecond: Contender] = [everyStep, everyFew(2)];
