import { describeValue } from '@metadistill/options';

/** T to this power stands in front of the divergence: 0 leaves it alone, 2 is Hinton's T². */
export type Scaling = 'none' | 'squared';

/** A factor c(T) > 0 in front of a loss at temperature T, as a value: numbers on the host. */
export interface TemperatureFactor {
  /** What the name of the loss calls it. */
  readonly name: string;
  /** c(T), above 0. */
  factor(temperature: number): number;
  /** dc/dT. */
  slope(temperature: number): number;
}

const named: Readonly<Record<Scaling, TemperatureFactor>> = {
  none: { name: 'none', factor: () => 1, slope: () => 0 },
  squared: { name: 'squared', factor: (T) => T * T, slope: (T) => 2 * T },
};

/**
 * The factor that an option `scaling` stands for, with values that are checked.
 *
 * @throws RangeError if it is no factor; on use, if c(T) is not above 0 or its slope not finite.
 */
export function temperatureFactorOf(caller: string, scaling: Scaling | TemperatureFactor): TemperatureFactor {
  const given = typeof scaling === 'string' ? named[scaling] : scaling;
  if (typeof given?.factor !== 'function' || typeof given.slope !== 'function') {
    throw new RangeError(
      `${caller}: scaling is ${describeValue(scaling)}; expected 'none', 'squared' or a factor such as matchedScaling makes. ` +
        'Name the power of T in front of the loss.',
    );
  }
  if (typeof scaling === 'string') return given;
  const checked = (what: 'factor' | 'slope', temperature: number): number => {
    const value = given[what](temperature);
    if (Number.isFinite(value) && (what === 'slope' || value > 0)) return value;
    throw new RangeError(
      `${caller}: scaling.${what}(${temperature}) is ${value}; expected a finite number${what === 'factor' ? ' above 0' : ''}.`,
    );
  };
  return {
    name: given.name,
    factor: (temperature) => checked('factor', temperature),
    slope: (temperature) => checked('slope', temperature),
  };
}

/** The power of T in front of a loss. */
export function powerOf(caller: string, scaling: Scaling): 0 | 2 {
  if (scaling === 'none') return 0;
  if (scaling === 'squared') return 2;
  throw new RangeError(
    `${caller}: scaling is ${describeValue(scaling)}; expected 'none' or 'squared'. Name the power of T in front of the loss.`,
  );
}
