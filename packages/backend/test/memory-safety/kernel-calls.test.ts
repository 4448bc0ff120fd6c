import { inspect } from 'node:util';
import {
  backend,
  engine,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kernelRows } from '../../src/register-kernels.js';
import type { WasmBackend } from '../../src/wasm/wasm-backend.js';
import { describeEachBuild } from '../describe-backends.js';
import { type Draw, drawFrom } from './draw.js';
import { type CallPlan, type Operand, validCalls } from './kernel-calls.js';
import { addRedZones, type RedZones } from './red-zones.js';
import { spoilCall } from './spoil-call.js';

/** Of a kernel whose code was not ready for what it got. */
const foreign =
  /cannot read|undefined \(reading|is not a function|is not iterable|invalid (array|typed array) length|cannot convert|cannot mix/i;

it('has a valid call of every kernel on wasm', () => {
  const names = kernelRows.filter(({ wasm }) => wasm).map(({ name }) => name);
  expect(Object.keys(validCalls).sort()).toEqual(names.sort());
});

describeEachBuild('random calls of every kernel', () => {
  let zones: RedZones;
  beforeAll(() => {
    zones = addRedZones((backend() as WasmBackend).wasm, 2 ** 28);
  });
  afterAll(() => zones.remove());

  it('compute valid calls', () => {
    for (const [name, plan] of Object.entries(validCalls)) {
      for (let seed = 0; seed < 3; seed++) {
        const draw = drawFrom(seed);
        expect(call(zones, name, plan(draw), draw, 2), `${name}, seed ${seed}`).toBe('');
      }
    }
  });

  // METADISTILL_RUNS=10000 npx -y pnpm@10 test:explore packages/backend/test/memory-safety draws more.
  it('change nothing beside what they return, never trap or hang, and keep nothing if they throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(validCalls)), fc.nat(), (name, seed) => {
        const draw = drawFrom(seed);
        const plan = spoilCall(draw, validCalls[name]!(draw));
        const error = call(zones, name, plan, draw, 2 ** 31 - 1);
        expect(error, inspect(plan, { depth: 4, breakLength: 1000 })).not.toMatch(foreign);
      }),
      { numRuns: 400, endOnFailure: true },
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
  const entries = Object.entries(inputs).map(
    ([key, operand]) => [key, make(draw, operand, mostIndex)] as const,
  );
  const tensors = entries.map(([, each]) => each);
  const before = tensors.map((each) => each.dataSync());
  const tensorsBefore = backend().numDataIds();
  const started = process.cpuUsage().user;
  let outputs: Tensor[] = [];
  let message = '';
  try {
    const given = Array.isArray(inputs) ? tensors : Object.fromEntries(entries);
    const result = engine().runKernel(name, given as NamedTensorMap, attributes as NamedAttrMap) as unknown;
    outputs = [result].flat() as Tensor[];
  } catch (error) {
    message = String((error as Error).message);
    expect((error as Error).name, what).not.toMatch('EngineBrokenError');
    expect(backend().numDataIds(), `what is kept by ${what} after ${message}`).toBe(tensorsBefore);
  }
  expect((process.cpuUsage().user - started) / 1e6, `seconds of ${what}`).toBeLessThan(2);
  for (const [i, each] of tensors.entries()) {
    expect(each.dataSync(), `an input of ${what}`).toEqual(before[i]);
  }
  for (const each of [...outputs, ...tensors]) each.dispose();
  zones.check(what);
  return message;
}

/** Of values from −2 to 2, of whole numbers from 0, or wild ones, as indices may be. */
function make(draw: Draw, { shape, dtype = 'float32' }: Operand, mostIndex: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const isWild = mostIndex > 2 && draw.chance(0.3);
  const value = () => {
    if (dtype === 'bool') return draw.whole(0, 1);
    if (dtype === 'float32') return draw.whole(-20, 20) / 10;
    return isWild && draw.chance(0.3) ? draw.whole(-mostIndex, mostIndex) : 0;
  };
  const values = Array.from({ length: size }, value);
  return tensor(
    dtype === 'float32'
      ? Float32Array.from(values)
      : dtype === 'bool'
        ? Uint8Array.from(values)
        : Int32Array.from(values),
    [...shape],
    dtype,
  );
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
