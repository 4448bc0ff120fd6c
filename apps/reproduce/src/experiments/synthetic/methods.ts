import type { Protocol } from '../../experiment.js';

/** How a method finds its metaparameters. */
export type MethodKind =
  | { readonly kind: 'fixed'; readonly distillationFraction: number; readonly temperature: number }
  | { readonly kind: 'drawn' }
  | { readonly kind: 'random-search' }
  | {
      readonly kind: 'gradient';
      readonly hypergradient: 'finite-difference' | 'exact';
      /** Gradients in one of every `period` blocks of `gradientIterations`; without it, in every iteration. */
      readonly predict?: { readonly gradientIterations: number; readonly period: number };
      /** The authors' random streams run on through a sweep: its first run starts this many runs into them. */
      readonly firstStream: number;
    };

/** Table order: the paper's methods, ours, then the sweeps over e1 and the period. */
export const defaultMethods = [
  'none',
  'naive',
  'random',
  'gradient',
  'gradient-exact',
  'trajectory-10x2',
  'random-search',
  'trajectory-100x2',
  'trajectory-500x2',
  'trajectory-1000x2',
  'trajectory-10x3',
  'trajectory-10x5',
  'trajectory-10x10',
] as const;

/** Where the paper's sweeps start in the random streams: each of its two calls starts at 0 with (10, 2). */
const firstStreams: Readonly<Record<string, number>> = {
  '100x2': 10,
  '500x2': 20,
  '1000x2': 30,
  '10x3': 10,
  '10x5': 20,
  '10x10': 30,
};

/** The method of a name, `trajectory-<e1>x<p>` included; undefined for an unknown one. */
export function methodOf(name: string): MethodKind | undefined {
  const simple: Readonly<Record<string, MethodKind>> = {
    none: { kind: 'fixed', distillationFraction: 0, temperature: 1 },
    naive: { kind: 'fixed', distillationFraction: 0.5, temperature: 1 },
    random: { kind: 'drawn' },
    gradient: { kind: 'gradient', hypergradient: 'finite-difference', firstStream: 0 },
    'gradient-exact': { kind: 'gradient', hypergradient: 'exact', firstStream: 0 },
    'random-search': { kind: 'random-search' },
  };
  if (Object.hasOwn(simple, name)) return simple[name];
  const sweep = /^trajectory-(([1-9]\d*)x([1-9]\d*))$/.exec(name);
  if (!sweep) return undefined;
  return {
    kind: 'gradient',
    hypergradient: 'finite-difference',
    predict: { gradientIterations: Number(sweep[2]), period: Number(sweep[3]) },
    firstStream: firstStreams[sweep[1] as string] ?? 0,
  };
}

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
