import { describeValue } from './describe-value.js';

/** What a number may be. It is always finite. */
export interface NumberRange {
  readonly least?: number;
  readonly above?: number;
  readonly most?: number;
  readonly below?: number;
  /** Only integers, and none so large that the next one is not a number of its own. */
  readonly whole?: boolean;
}

/**
 * The number that was given, if it is one: '3', true, null and 3n are not, though JavaScript compares them with numbers.
 *
 * @param remedy what to do about it, a sentence.
 * @throws TypeError if it is no number; RangeError if it is NaN, infinite or out of range.
 */
export function checkNumber(
  caller: string,
  argument: string,
  value: unknown,
  range: NumberRange,
  remedy = '',
): number {
  if (typeof value === 'number' && isWithin(value, range)) return value;
  const Failure = typeof value === 'number' ? RangeError : TypeError;
  throw new Failure(
    `${caller}: ${argument} is ${describeValue(value)}; expected ${describeRange(range)}.${remedy && ` ${remedy}`}`,
  );
}

const isWithin = (
  value: number,
  {
    least = Number.NEGATIVE_INFINITY,
    above = Number.NEGATIVE_INFINITY,
    most = Number.POSITIVE_INFINITY,
    below = Number.POSITIVE_INFINITY,
    whole = false,
  }: NumberRange,
): boolean =>
  (whole ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
  value >= least &&
  value > above &&
  value <= most &&
  value < below;

function describeRange({ least, above, most, below, whole = false }: NumberRange): string {
  const noun = whole ? 'an integer' : 'a finite number';
  const low = least ?? above;
  const high = most ?? below;
  if (low !== undefined && high !== undefined) {
    const range = `${least === undefined ? '(' : '['}${low}, ${high}${most === undefined ? ')' : ']'}`;
    return whole ? `an integer, ${low} to ${high}` : `a number in ${range}`;
  }
  if (least !== undefined) return `${noun} of at least ${least}`;
  if (above !== undefined) return above === 0 ? 'a positive number' : `${noun} above ${above}`;
  if (most !== undefined) return `${noun} of at most ${most}`;
  return below === undefined ? noun : `${noun} below ${below}`;
}
