import type { Protocol } from '../../runs/experiment.js';
import type { MethodKind } from '../training/methods.js';

/** Those that run if none are named, in the order of the table: the paper's, ours, the sweeps over e1 and the period. */
export const syntheticMethods = [
  'none',
  'naive',
  'random',
  'gradient',
  'gradient-exact',
  'trajectory-10x2',
  'random-search',
  'tpe',
  'trajectory-100x2',
  'trajectory-500x2',
  'trajectory-1000x2',
  'trajectory-10x3',
  'trajectory-10x5',
  'trajectory-10x10',
] as const;

/** On request only: their 25 trainings a run take as long as all of the above. */
export const longSearches = ['random-search-25', 'tpe-25'] as const;

const firstStreams: Readonly<Record<string, number>> = {
  '100x2': 10,
  '500x2': 20,
  '1000x2': 30,
  '10x3': 10,
  '10x5': 20,
  '10x10': 30,
};

/**
 * How far into the authors' random streams the ten runs of a method start.
 *
 * One call of their code runs several schedules without seeding anew: (10, 2), (100, 2), (500, 2), (1000, 2), and
 * in a second call (10, 2), (10, 3), (10, 5), (10, 10).
 */
export const firstStream = (method: MethodKind): number =>
  method.kind === 'gradient' && method.predict
    ? (firstStreams[`${method.predict.gradientIterations}x${method.predict.period}`] ?? 0)
    : 0;

/** The teacher sees x₁, x₂ and whether both are positive. */
export const teacherFeatures: readonly number[] = [0, 1, 2];

/**
 * The columns of the data that the student sees: x₁, x₂ and one more.
 *
 * The published naive and random baselines see the teacher's third feature (2), all others the noiseless label (3);
 * this difference, and not distillation, makes the paper's 13 points. The corrected protocol gives 3 to all.
 */
export const studentFeatures = (method: MethodKind, protocol: Protocol): readonly number[] => {
  const teachersFeature =
    method.kind === 'drawn' || (method.kind === 'fixed' && method.distillationFraction > 0);
  return protocol === 'published' && teachersFeature ? teacherFeatures : [0, 1, 3];
};
