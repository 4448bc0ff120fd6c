/** A mixture of normal densities with equal shape, cut to an interval. */
export interface ParzenEstimator {
  readonly low: number;
  readonly high: number;
  readonly components: readonly Component[];
}

interface Component {
  readonly centre: number;
  readonly deviation: number;
  /** The components' weights add up to 1. */
  readonly weight: number;
}

/**
 * The adaptive Parzen estimator of TPE: a normal density at each value and one at the middle of the interval, the
 * prior, as wide as the interval.
 *
 * A component's deviation is its distance to the farther of its neighbours (half the interval if the prior is the
 * only one), and is kept between the interval over min(100, 1 + components) and the interval.
 *
 * @param values observed values in [low, high], oldest first: the last 25 have weight 1, earlier ones rise to it from
 * 1/n, as in hyperopt.
 * @see Bergstra, Bardenet, Bengio, Kégl (2011), Algorithms for hyper-parameter optimization, section 4.2.
 */
export function parzenEstimator(values: readonly number[], low: number, high: number): ParzenEstimator {
  const width = high - low;
  const prior = { centre: (low + high) / 2, prior: true, weight: 1 };
  const weights = ageWeights(values.length);
  const entries = [
    ...values.map((centre, i) => ({ centre, prior: false, weight: weights[i] as number })),
    prior,
  ].sort((a, b) => a.centre - b.centre);
  const smallest = width / Math.min(100, 1 + entries.length);
  const total = entries.reduce((sum, { weight }) => sum + weight, 0);
  const components = entries.map(({ centre, prior: isPrior, weight }, i) => {
    const left = i > 0 ? centre - (entries[i - 1]?.centre as number) : 0;
    const right = i < entries.length - 1 ? (entries[i + 1]?.centre as number) - centre : 0;
    const gap = values.length === 1 ? width / 2 : Math.max(left, right);
    const deviation = isPrior ? width : Math.min(width, Math.max(smallest, gap));
    return { centre, deviation, weight: weight / total };
  });
  return { low, high, components };
}

/** hyperopt's linear forgetting. */
function ageWeights(count: number): number[] {
  const full = 25;
  const ramp = count - full;
  return Array.from({ length: count }, (_, i) => {
    if (i >= ramp) return 1;
    return ramp === 1 ? 1 / count : 1 / count + ((1 - 1 / count) * i) / (ramp - 1);
  });
}

/**
 * Draws a value: a component by its weight and a normal value of it, both again until the value falls inside.
 *
 * @throws RangeError if none of a thousand does: at least a third of each component lies inside, so it is no random source.
 */
export function sampleParzen({ components, low, high }: ParzenEstimator, uniform: () => number): number {
  for (let draw = 0; draw < 1000; draw += 1) {
    const { centre, deviation } = drawComponent(components, uniform());
    const value = centre + deviation * standardNormal(uniform);
    if (value >= low && value < high) return value;
  }
  throw new RangeError(
    'tpe: uniform() draws 1000 values in a row outside of the space; expected random numbers. Pass Math.random or a seeded one.',
  );
}

function drawComponent(components: readonly Component[], share: number): Component {
  let rest = share;
  for (const component of components) {
    rest -= component.weight;
    if (rest < 0) return component;
  }
  return components.at(-1) as Component;
}

/** The logarithm of the density at a value inside the interval. */
export function logDensity({ components, low, high }: ParzenEstimator, value: number): number {
  const mass = components.reduce(
    (sum, { centre, deviation, weight }) =>
      sum + weight * (normalCdf((high - centre) / deviation) - normalCdf((low - centre) / deviation)),
    0,
  );
  const logs = components.map(
    ({ centre, deviation, weight }) =>
      Math.log(weight / (deviation * Math.sqrt(2 * Math.PI))) - 0.5 * ((value - centre) / deviation) ** 2,
  );
  const top = Math.max(...logs);
  return top + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - top), 0)) - Math.log(mass);
}

/** Box-Muller, one value of the pair; 1 − u keeps the logarithm finite. */
const standardNormal = (uniform: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/** Φ(x), to 1.5e-7: Abramowitz and Stegun 7.1.26. */
function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = 0.5 * poly * Math.exp(-z * z);
  return x >= 0 ? 1 - tail : tail;
}
