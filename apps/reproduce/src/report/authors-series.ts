/** What a file of the authors' logs holds: runs of a method, as our logs name it. */
export interface AuthorsSeries {
  readonly experiment: string;
  readonly method: string;
  /**
   * How the series differs from the one that the paper's table is made of, if it does. A series that differs is listed by
   * itself, and never averaged with others.
   */
  readonly variant?: string;
}

/** The file names of an experiment's series, `<prefix><what>.jsonl`. */
interface Family extends Omit<AuthorsSeries, 'method'> {
  readonly prefix: string;
  /** The only ones that belong here, if others of the prefix do not. */
  readonly only?: readonly string[];
}

const families: readonly Family[] = [
  { prefix: 'synthetic_exp8_', experiment: 'synthetic' },
  { prefix: 'exp33_', experiment: 'cifar10-small' },
  { prefix: 'exp4_full_fmnist__', experiment: 'fashion-mnist' },
  { prefix: 'exp3_full_fmnist__', experiment: 'fashion-mnist', only: ['hyperopt'] },
  { prefix: 'exp3_full_fmnist__', experiment: 'fashion-mnist', variant: '40 epochs' },
  { prefix: 'exp20_full_cifar__', experiment: 'cifar10' },
  { prefix: 'exp11_full_cifar__', experiment: 'cifar10', only: ['hyperopt'] },
  { prefix: 'exp9_full_cifar__', experiment: 'cifar10', variant: 'earlier, its notebook is lost' },
  {
    prefix: 'exp10_full_cifar__',
    experiment: 'cifar10',
    variant: 'gradient methods and search see augmented images',
  },
];

const methods: Readonly<Record<string, string>> = {
  nodistil: 'none',
  distil: 'naive',
  random: 'random',
  opt: 'gradient',
  splines: 'trajectory-10x2',
  hyperopt: 'tpe',
};

/** Iterations per epoch of reduced CIFAR-10. Blocks are counted within an epoch. */
const smallEpoch = 90;

/**
 * What a file of that name holds; undefined if it is none of the series.
 *
 * The sweeps of reduced CIFAR-10 are `exp33_splines_<period>_<e1>`. Two kinds are not what their names suggest. Blocks
 * as long as an epoch never leave the first one, which has no predictions: these are the gradient method. And
 * `exp33_splines`, of the paper's figure, is (10, 10): its metaparameters are outside their bounds at the ends of
 * epochs, where (10, 2) has just computed a gradient and clipped them. `authors-logs.test.ts` holds the evidence.
 */
export function authorsSeries(file: string): AuthorsSeries | undefined {
  const base = /^(.+)\.jsonl$/.exec(file)?.[1] ?? '';
  for (const { prefix, only, ...series } of families) {
    const what = base.slice(prefix.length);
    if (!base.startsWith(prefix) || (only && !only.includes(what))) continue;
    const method = base === 'exp33_splines' ? 'trajectory-10x10' : (methods[what] ?? scheduleOf(what));
    if (method) return { ...series, method };
  }
  return undefined;
}

function scheduleOf(what: string): string | undefined {
  const synthetic = /^splines_esize_(\d+)_period_(\d+)$/.exec(what);
  if (synthetic) return `trajectory-${synthetic[1]}x${synthetic[2]}`;
  const small = /^splines_(\d+)_(\d+)$/.exec(what);
  if (!small) return undefined;
  return Number(small[2]) >= smallEpoch ? 'gradient' : `trajectory-${small[2]}x${small[1]}`;
}
