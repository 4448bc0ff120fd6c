import { drawMetaparameters } from '../../experiments/training/draw-metaparameters.js';
import { agreementRule, temperatureByRule } from './agreement-rule.js';
import { type Arm, constant } from './arm.js';

const fractions = [0.5, 0.9, 1];
const temperatures = [1, 2, 5, 10, 20, 50];

export const labels = constant({
  name: 'labels',
  description: 'labels alone',
  scale: 'labels',
  distillationFraction: 0,
  temperature: 1,
});

/** What a sweep would try. */
export const grid: readonly Arm[] = fractions.flatMap((distillationFraction) =>
  temperatures.map((temperature) =>
    constant({
      name: `constant-${distillationFraction}-${temperature}`,
      description: `f = ${distillationFraction}, T = ${temperature}, T²`,
      scale: 'squared',
      distillationFraction,
      temperature,
    }),
  ),
);

/** What the example of distillation in the documentation of Keras takes: a constant of the grid. */
export const keras = grid.find(({ name }) => name === 'constant-0.9-10') as Arm;

const distillationFraction = 0.9;

/** T by a rule from the teacher's logits, at the learning rate of the labels. */
export const ruled: Arm = {
  name: `rule-${distillationFraction}`,
  description: `f = ${distillationFraction}, T by the rule, matched`,
  scale: 'matched',
  settings: { distillationFraction, ...agreementRule },
  start: ({ data }) => ({ distillationFraction, temperature: temperatureByRule(data) }),
};

const bounds = { temperatureLow: 1, temperatureHigh: 50 };

/** Constants drawn for each training: what a random search at the cost of the tuner can afford. */
export const random: Arm = {
  name: 'random',
  description: 'f and T drawn, T²',
  scale: 'squared',
  settings: { drawn: 'f uniformly, T log-uniformly', ...bounds },
  start: ({ cell, seed }) => drawMetaparameters(numberOf(cell), seed, bounds),
};

/** A seed for a name: names of this study differ in it. */
const numberOf = (name: string): number =>
  [...name].reduce((sum, letter) => (31 * sum + letter.charCodeAt(0)) % 1_000_003, 0);
