import { expect } from 'vitest';

/** What mutants of some inputs come to. */
export interface MutantsOptions<Input extends string | Uint8Array> {
  /** What is printed with the figures. */
  readonly name: string;
  /** Inputs that are read without an error. */
  readonly inputs: readonly Input[];
  /** How many mutants the gate tries; METADISTILL_RUNS sets another number, and prints the figures. */
  readonly runs: number;
  /** Reads a mutant, and throws if it is refused. If it is accepted, whatever it checks of it with `expect` holds. */
  readonly read: (mutant: Input) => unknown;
  /** What every error says, such as the reader's name and the file's. */
  readonly errors: RegExp;
}

/** Milliseconds of computing that no input may take. */
const slowest = 2000;
/** Bytes that reading may add to what the process has. */
const mostMemory = 500 * 1024 ** 2;

/**
 * Checks that mutants of good inputs are read or refused in the reader's own words: no error of the engine or the file system,
 * no hang, no memory without limit.
 */
export async function expectMutantsHandled<Input extends string | Uint8Array>(
  options: MutantsOptions<Input>,
): Promise<void> {
  const { name, inputs, read, errors } = options;
  const { METADISTILL_RUNS: explored, METADISTILL_SEED: seed } = process.env;
  const runs = Number(explored ?? options.runs);
  const random = randomFrom(Number(seed ?? 1));
  const before = process.memoryUsage.rss();
  let accepted = 0;
  let longest = 0;
  let memory = before;
  for (let run = 0; run < runs; run++) {
    const mutant = mutate(inputs[run % inputs.length] as Input, random);
    const start = process.cpuUsage();
    try {
      await read(mutant);
      accepted++;
    } catch (error) {
      const { message, stack } = error as Error;
      if (!errors.test(message)) {
        throw new Error(`${name}: mutant ${run}, ${show(mutant)}: ${stack}`, { cause: error });
      }
    }
    const { user, system } = process.cpuUsage(start);
    longest = Math.max(longest, (user + system) / 1000);
    memory = Math.max(memory, process.memoryUsage.rss());
  }
  if (explored !== undefined) {
    console.info(
      `${name}: ${runs} mutants, ${accepted} accepted, ${runs - accepted} refused; the longest took ${longest.toFixed(0)} ms, ` +
        `memory grew by at most ${((memory - before) / 1024 ** 2).toFixed(0)} MiB`,
    );
  }
  expect(longest).toBeLessThan(slowest);
  expect(memory - before).toBeLessThan(mostMemory);
}

/** Integers below a limit, from a seed (Mulberry32). */
type Random = (limit: number) => number;

function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** An input with one to four changes, that is another one. */
function mutate<Input extends string | Uint8Array>(input: Input, random: Random): Input {
  for (;;) {
    let mutant: string | Uint8Array = input;
    for (let changes = 1 + random(4); changes > 0; changes--) {
      mutant = typeof mutant === 'string' ? changeText(mutant, random) : changeBytes(mutant, random);
    }
    if (!isSame(mutant, input)) return mutant as Input;
  }
}

const extremes = [0, 1, 0x7f, 0x80, 0xff];

function changeBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length + 1);
  // Faults near the front, in headers, are as likely as those in the data.
  const start = random(2) === 0 ? Math.min(at, random(128)) : at;
  const end = Math.min(bytes.length, start + 1 + random(random(2) === 0 ? 8 : bytes.length + 1));
  const whole = Uint8Array.from(bytes);
  const kind = random(8);
  if (kind === 0 && start < bytes.length) whole[start] = (whole[start] as number) ^ (1 << random(8));
  else if (kind === 1) whole.fill(extremes[random(extremes.length)] as number, start, end);
  else if (kind === 2) return whole.subarray(0, start);
  else if (kind === 3) return join(whole.subarray(0, start), whole.subarray(end));
  else if (kind === 4) return join(whole.subarray(0, end), whole.subarray(start));
  else if (kind === 5)
    return join(whole.subarray(0, start), noise(1 + random(16), random), whole.subarray(start));
  else if (kind === 6) whole.set(noise(end - start, random), start);
  else return changeAsText(whole, random);
  return whole;
}

const tokens = [
  'null', 'true', '[]', '{}', '""', '-1', '0', '1e999', '-0', 'NaN', 'Infinity', '9007199254740993', '4294967296',
  '1.5', '__proto__', '..', '/', '\\', '\0', '\uD800', ' ', ',', ':', '=', '@', '%', '(', ')', "'", '"', '{', '}', '[', ']', 'é',
]; // biome-ignore format: a list of words

function changeText(text: string, random: Random): string {
  const start = random(text.length + 1);
  const end = Math.min(text.length, start + random(6));
  const token = tokens[random(tokens.length)] as string;
  switch (random(7)) {
    case 0:
      return text.slice(0, start) + text.slice(end);
    case 1:
      return text.slice(0, end) + text.slice(start);
    case 2:
      return text.slice(0, start) + token + text.slice(start);
    case 3:
      return text.slice(0, start) + token.repeat(1 + random(50)) + text.slice(end);
    case 4:
      return text.slice(0, start);
    default:
      return replaceWord(text, token, random);
  }
}

/** Another value in the place of a number or a word. */
function replaceWord(text: string, token: string, random: Random): string {
  const words = [...text.matchAll(/-?\d+(\.\d+)?|\w+/g)];
  const word = words[random(words.length)];
  return word ? text.slice(0, word.index) + token + text.slice(word.index + word[0].length) : text + token;
}

/** The printable front of a file, such as a header in JSON, changed as text. */
function changeAsText(bytes: Uint8Array, random: Random): Uint8Array {
  const length = Math.min(bytes.length, 512);
  const text = Array.from(bytes.subarray(0, length), (byte) => String.fromCharCode(byte)).join('');
  const changed = changeText(text, random);
  return join(
    Uint8Array.from(changed, (letter) => letter.charCodeAt(0)),
    bytes.subarray(length),
  );
}

const noise = (length: number, random: Random): Uint8Array => Uint8Array.from({ length }, () => random(256));

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const isSame = (a: string | Uint8Array, b: string | Uint8Array): boolean =>
  typeof a === 'string' || typeof b === 'string'
    ? a === b
    : a.length === b.length && a.every((byte, i) => byte === b[i]);

const show = (input: string | Uint8Array): string =>
  typeof input === 'string'
    ? JSON.stringify(input)
    : `${input.length} bytes ${Buffer.from(input.subarray(0, 400)).toString('base64')}`;
