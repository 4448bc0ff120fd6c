import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import {
  backend,
  engine,
  getKernelsForBackend,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WasmBackend } from '../../src/wasm/wasm-backend.js';
import { describeEachBuild } from '../describe-backends.js';
import { type Draw, drawFrom } from './draw.js';
import { type CallPlan, type Operand, validCalls } from './kernel-calls.js';
import { addRedZones, type RedZones } from './red-zones.js';
import { spoilCall } from './spoil-call.js';
import { stockCalls } from './stock-calls.js';

/** Of a kernel whose code was not ready for what it got. */
const foreign =
  /cannot read|undefined \(reading|is not a function|is not iterable|invalid (array|typed array) length|cannot convert|cannot mix/i;

const calls = { ...validCalls, ...stockCalls };

describeEachBuild('random calls of every kernel', () => {
  let zones: RedZones;
  beforeAll(() => {
    zones = addRedZones((backend() as WasmBackend).wasm, 2 ** 24);
  });
  afterAll(() => zones.remove());

  it('have a valid call of each, but of those of strings, which are plain JavaScript', () => {
    const names = getKernelsForBackend('wasm').map(({ kernelName }) => kernelName);
    expect(names.filter((name) => !name.startsWith('String')).sort()).toEqual(Object.keys(calls).sort());
    expect(Object.keys(calls)).toHaveLength(Object.keys(validCalls).length + Object.keys(stockCalls).length);
  });

  it('compute valid calls', () => {
    for (const [name, plan] of Object.entries(calls)) {
      for (let seed = 0; seed < 3; seed++) {
        const draw = drawFrom(seed);
        expect(call(zones, name, plan(draw), draw, 2), `${name}, seed ${seed}`).toBe('');
      }
    }
  });

  // METADISTILL_RUNS=10000 npx -y pnpm@10 test:explore packages/backend/test/memory-safety draws more.
  it('change nothing beside what they return, never trap or hang, and keep nothing if they throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(calls)), fc.nat(), (name, seed) => {
        const draw = drawFrom(seed);
        const plan = spoilCall(draw, calls[name]!(draw));
        const error = call(zones, name, plan, draw, 2 ** 31 - 1);
        expect(error, inspect(plan, { depth: 4, breakLength: 1000 })).not.toMatch(foreign);
      }),
      { numRuns: 800, endOnFailure: true },
    );
  });
});

/** Runs a call in its red zones, expects what holds of every call, and returns the message of its error. */
function call(
  zones: RedZones,
  name: string,
  { inputs, attributes }: CallPlan,
  draw: Draw,
  mostIndex: number,
): string {
  const what = `${name} ${inspect({ inputs, attributes }, { depth: 4, breakLength: 1000 })}`;
  const keys = Object.keys(inputs);
  const operands = Object.values(inputs).map(
    (operand) => [operand, valuesOf(draw, operand, mostIndex)] as const,
  );
  // What is read of neighbours, or left unwritten, differs.
  const [first, second] = [0xc5, 0xff].map((byte) => {
    zones.mark(byte);
    const tensors = operands.map(([{ shape, dtype }, values]) => tensor(values, [...shape], dtype));
    const given = Array.isArray(inputs)
      ? tensors
      : Object.fromEntries(tensors.map((each, i) => [keys[i]!, each]));
    const result = run(name, given as NamedTensorMap, attributes as NamedAttrMap, what);
    for (const [i, each] of tensors.entries()) {
      expect(each.dataSync(), `an input of ${what}`).toEqual(operands[i]![1]);
      each.dispose();
    }
    zones.check(what);
    return result;
  });
  expect(second, `what ${what} returns beside other neighbours`).toEqual(first);
  return first!.message;
}

function run(name: string, inputs: NamedTensorMap, attributes: NamedAttrMap, what: string) {
  const tensorsBefore = backend().numDataIds();
  const started = process.cpuUsage().user;
  let outputs: Tensor[] = [];
  let message = '';
  try {
    outputs = [engine().runKernel(name, inputs, attributes) as unknown].flat() as Tensor[];
  } catch (error) {
    message = String((error as Error).message);
    expect((error as Error).name, what).not.toMatch('EngineBrokenError');
    expect(backend().numDataIds(), `what is kept by ${what} after ${message}`).toBe(tensorsBefore);
  }
  expect((process.cpuUsage().user - started) / 1e6, `seconds of ${what}`).toBeLessThan(2);
  const bytes = outputs.map((each) => createHash('sha256').update(each.dataSync()).digest('hex'));
  for (const each of outputs) each.dispose();
  return { message, bytes };
}

const wildFloats = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e30, -1e9];

/** Those that an operand holds; else from −2 to 2, or whole numbers from 0; some of them wild ones, as indices may be. */
function valuesOf(draw: Draw, { shape, dtype = 'float32', values }: Operand, mostIndex: number) {
  const size = shape.reduce((product, length) => product * length, 1);
  const isWild = mostIndex > 2 && draw.chance(0.3);
  const wild = (probability: number) => isWild && draw.chance(probability);
  const value = (_: unknown, i: number) => {
    if (dtype === 'bool') return draw.whole(0, 1);
    if (dtype === 'float32') return wild(0.1) ? draw.oneOf(wildFloats) : draw.whole(-20, 20) / 10;
    if (wild(0.3)) return draw.chance(0.5) ? draw.whole(-3, 9) : draw.whole(-mostIndex, mostIndex);
    return values?.[i] ?? 0;
  };
  const made = Array.from({ length: size }, value);
  if (dtype === 'float32') return Float32Array.from(made);
  return dtype === 'bool' ? Uint8Array.from(made) : Int32Array.from(made);
}

describe('red zones', () => {
  it('notice a byte beside an allocation, also after it is freed', () => {
    const HEAPU8 = new Uint8Array(4096);
    const heap = { HEAPU8, _malloc: () => 1024, _free: () => {} } as unknown as WasmBackend['wasm'];
    const zones = addRedZones(heap, 1000);
    const address = heap._malloc(10);
    zones.check('nothing');
    HEAPU8[address + 10] = 0;
    heap._free(address);
    expect(() => zones.check('a test')).toThrow('neighbours that a test wrote to');
    expect(() => heap._malloc(1001)).toThrow('does not fit');
    zones.remove();
  });
});
