/** How a method finds its metaparameters. */
export type MethodKind =
  /** They stay what the method says. */
  | { readonly kind: 'fixed'; readonly distillationFraction: number; readonly temperature: number }
  /** They stay what the run drew. */
  | { readonly kind: 'drawn' }
  /** The best of several drawn ones. */
  | { readonly kind: 'random-search' }
  /** They start where the run drew them, and follow hypergradients. */
  | {
      readonly kind: 'gradient';
      readonly hypergradient: 'finite-difference' | 'exact';
      /** Gradients in one of every `period` blocks of `gradientIterations`; without it, in every iteration. */
      readonly predict?: { readonly gradientIterations: number; readonly period: number };
    };

const simple: Readonly<Record<string, MethodKind>> = {
  none: { kind: 'fixed', distillationFraction: 0, temperature: 1 },
  naive: { kind: 'fixed', distillationFraction: 0.5, temperature: 1 },
  random: { kind: 'drawn' },
  gradient: { kind: 'gradient', hypergradient: 'finite-difference' },
  'gradient-exact': { kind: 'gradient', hypergradient: 'exact' },
  'random-search': { kind: 'random-search' },
};

/** The name that a method is logged under: `trajectory` is the paper's `trajectory-10x2`. */
export const loggedName = (name: string): string => (name === 'trajectory' ? 'trajectory-10x2' : name);

/** The method of a logged name, `trajectory-<e1>x<p>` included; undefined for an unknown one. */
export function methodOf(name: string): MethodKind | undefined {
  if (Object.hasOwn(simple, name)) return simple[name];
  const sweep = /^trajectory-([1-9]\d*)x([1-9]\d*)$/.exec(name);
  if (!sweep) return undefined;
  const predict = { gradientIterations: Number(sweep[1]), period: Number(sweep[2]) };
  return { kind: 'gradient', hypergradient: 'finite-difference', predict };
}
