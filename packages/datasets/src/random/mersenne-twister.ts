import mt19937 from '@stdlib/random-base-mt19937';

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
 * @throws RangeError where the seed is not a safe integer.
 * @see Matsumoto, Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998), and its reference code of 2002.
 */
export function mersenneTwister(seed: number): MersenneTwister {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`mersenneTwister: seed is ${seed}; expected a safe integer. Round it.`);
  }
  return generator({ words: initialWords(seed), position: WORDS });
}

/**
 * A generator that continues where `state` was taken.
 *
 * @throws RangeError where the state does not hold 624 words of 32 bits and a position in them.
 */
export function restoreMersenneTwister(state: MersenneTwisterState): MersenneTwister {
  const { words, position } = state;
  if (words.length !== WORDS || !words.every((word) => word === word >>> 0)) {
    throw new RangeError(
      `restoreMersenneTwister: state.words has ${words.length} entries; expected ${WORDS} integers of 32 bits. Pass what state() returned.`,
    );
  }
  if (!Number.isInteger(position) || position < 0 || position > WORDS) {
    throw new RangeError(
      `restoreMersenneTwister: state.position is ${position}; expected 0 to ${WORDS}. Pass what state() returned.`,
    );
  }
  return generator(state);
}

// The seed 0 is valid here but not for the library's own seeding, so that it is always given a state instead.
function initialWords(seed: number): number[] {
  const words = [seed >>> 0];
  for (let i = 1; i < WORDS; i++) {
    const previous = words[i - 1] as number;
    words.push((Math.imul(1812433253, previous ^ (previous >>> 30)) + i) >>> 0);
  }
  return words;
}

// The library's state: version, sections, then each section behind its length: words, position, seed.
const WORDS_AT = 3;
const POSITION_AT = WORDS_AT + WORDS + 1;

function generator({ words, position }: MersenneTwisterState): MersenneTwister {
  const uint32 = mt19937.factory({ state: Uint32Array.of(1, 3, WORDS, ...words, 1, position, 1, 0) });
  return {
    uint32,
    state() {
      const state = uint32.state as Uint32Array;
      return {
        words: Array.from(state.subarray(WORDS_AT, WORDS_AT + WORDS)),
        position: state[POSITION_AT] as number,
      };
    },
  };
}
