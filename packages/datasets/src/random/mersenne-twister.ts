import { checkPart, describeValue } from '@metadistill/options';
import { mersenne, mersenneFromState } from 'pure-rand/generator/mersenne';

const WORDS = 624;

/** Where a generator stands in its stream; survives JSON. */
export interface MersenneTwisterState {
  /** The 624 words of 32 bits. */
  readonly words: readonly number[];
  /** How many of the words were drawn since they were last renewed: 0 to 624. */
  readonly position: number;
}

/** A stream of 32-bit integers. Drawing moves it. */
export interface MersenneTwister {
  /** The next integer, 0 to 2³² − 1. */
  uint32(): number;
  state(): MersenneTwisterState;
}

/**
 * MT19937 seeded by `init_genrand(seed mod 2³²)`, as `torch.manual_seed` and `numpy.random.seed` do for an integer.
 *
 * @param seed any safe integer; only its low 32 bits count.
 * @throws RangeError if the seed is not a safe integer.
 * @see Matsumoto, Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998), and its reference code of 2002.
 */
export function mersenneTwister(seed: number, caller = 'mersenneTwister'): MersenneTwister {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`${caller}: seed is ${describeValue(seed)}; expected a safe integer. Round it.`);
  }
  return generator({ words: wordsOf(mersenne(seed >>> 0)), position: 0 });
}

/**
 * A generator that continues from `state`.
 *
 * @throws RangeError if the state does not hold 624 words of 32 bits and a position in them.
 */
export function restoreMersenneTwister(
  state: MersenneTwisterState,
  caller = 'restoreMersenneTwister',
): MersenneTwister {
  checkPart(caller, 'state.words', state?.words, 'numbers');
  const { words, position } = state;
  if (words.length !== WORDS || !words.every((word) => word === word >>> 0)) {
    throw new RangeError(
      `${caller}: state.words has ${words.length} entries; expected ${WORDS} integers of 32 bits. Pass what state() returned.`,
    );
  }
  if (!Number.isInteger(position) || position < 0 || position > WORDS) {
    throw new RangeError(
      `${caller}: state.position is ${describeValue(position)}; expected 0 to ${WORDS}. Pass what state() returned.`,
    );
  }
  return generator(state);
}

// The library renews each word as soon as it is drawn; a state, as in NumPy, has the block of words as it was before.
function generator({ words, position }: MersenneTwisterState): MersenneTwister {
  // Signed words, as the library makes them: V8 keeps them as integers.
  const source = mersenneFromState([0, ...words.map((word) => word | 0)]);
  for (let i = 0; i < position; i++) source.next();
  let block = words;
  let drawn = position;
  return {
    uint32() {
      if (drawn === WORDS) {
        block = wordsOf(source);
        drawn = 0;
      }
      drawn++;
      return source.next() >>> 0;
    },
    state: () => ({ words: [...block], position: drawn }),
  };
}

/** At the start of a block, when the library's state is the index 0 and the words. */
const wordsOf = (source: ReturnType<typeof mersenne>): number[] =>
  Array.from(source.getState().slice(1), (word) => word >>> 0);
