/** How a method finds its metaparameters. */
export type MethodKind =
  /** They stay what the method says. */
  | { readonly kind: 'fixed'; readonly distillationFraction: number; readonly temperature: number }
  /** f stays what the method says, and T the temperature that suits the teacher. */
  | { readonly kind: 'rule'; readonly distillationFraction: number }
  /** They stay what the run drew. */
  | { readonly kind: 'drawn' }
  /** The best of several trainings, by the validation accuracy at their end. */
  | {
      readonly kind: 'search';
      readonly search: 'random' | 'tpe';
      /** Trainings to spend; the experiment's `searchTrials` if left out. */
      readonly trials?: number;
    }
  | GradientMethod;

/** They start where the run drew them, and follow hypergradients. */
export interface GradientMethod {
  readonly kind: 'gradient';
  /** The paper's finite difference and its step with new metaparameters, or the exact one and its own step. */
  readonly hypergradient: 'finite-difference' | 'exact';
  /**
   * The paper's validation loss and steps, if left out; or `agreement`: the teacher's answers on the validation examples, by
   * scale-free hypergradients and Adam.
   */
  readonly objective?: 'agreement';
  /** A hypergradient in every k-th iteration, by the paper's objective with a k-fold step. */
  readonly every?: number;
  /** Hypergradients in one of every `period` blocks of `gradientIterations`, predictions in the others. */
  readonly predict?: {
    readonly gradientIterations: number;
    readonly period: number;
    readonly predictor: 'linear' | 'autoregressive';
  };
}

const simple: Readonly<Record<string, MethodKind>> = {
  none: { kind: 'fixed', distillationFraction: 0, temperature: 1 },
  naive: { kind: 'fixed', distillationFraction: 0.5, temperature: 1 },
  'fixed-1': { kind: 'fixed', distillationFraction: 1, temperature: 1 },
  'fixed-3': { kind: 'fixed', distillationFraction: 1, temperature: 3 },
  'fixed-10': { kind: 'fixed', distillationFraction: 1, temperature: 10 },
  rule: { kind: 'rule', distillationFraction: 0.9 },
  random: { kind: 'drawn' },
  'random-search': { kind: 'search', search: 'random' },
  tpe: { kind: 'search', search: 'tpe' },
  gradient: { kind: 'gradient', hypergradient: 'finite-difference' },
  'gradient-exact': { kind: 'gradient', hypergradient: 'exact' },
  agreement: { kind: 'gradient', hypergradient: 'exact', every: 5, objective: 'agreement' },
  'trajectory-ar1': {
    kind: 'gradient',
    hypergradient: 'exact',
    predict: { gradientIterations: 10, period: 2, predictor: 'autoregressive' },
  },
};

/** Names that the command line takes for others: the paper's schedule, and our baseline if its k is not filled in. */
const aliases: Readonly<Record<string, string>> = { trajectory: 'trajectory-10x2', 'every-k': 'every-5' };

/** What help lists, and a mistyped method is compared with. */
export const methodNames: readonly string[] = [
  ...Object.keys(simple),
  'trajectory',
  ...Object.values(aliases),
];

/** Methods with a number of your choice. */
export const methodForms = ['every-<k>', 'trajectory-<e1>x<p>', 'random-search-<n>', 'tpe-<n>'] as const;

/** The name that a method is logged under: `trajectory` is the paper's `trajectory-10x2`. */
const loggedName = (name: string): string => aliases[name] ?? name;

/**
 * The method of a logged name, `trajectory-<e1>x<p>`, `every-<k>`, `tpe-<trials>` and `random-search-<trials>` included;
 * undefined for an unknown one.
 */
export function methodOf(name: string): MethodKind | undefined {
  if (Object.hasOwn(simple, name)) return simple[name];
  const search = /^(random-search|tpe)-([1-9]\d*)$/.exec(name);
  if (search) {
    return { kind: 'search', search: search[1] === 'tpe' ? 'tpe' : 'random', trials: Number(search[2]) };
  }
  const every = /^every-([1-9]\d*)$/.exec(name);
  if (every) return { kind: 'gradient', hypergradient: 'exact', every: Number(every[1]) };
  const sweep = /^trajectory-([1-9]\d*)x([1-9]\d*)$/.exec(name);
  if (!sweep) return undefined;
  return {
    kind: 'gradient',
    hypergradient: 'finite-difference',
    predict: { gradientIterations: Number(sweep[1]), period: Number(sweep[2]), predictor: 'linear' },
  };
}

/** The logged name of a known method; undefined for an unknown one. */
export const resolveMethod = (name: string): string | undefined =>
  methodOf(loggedName(name)) && loggedName(name);
