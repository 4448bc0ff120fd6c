// Compiles the *.as.ts files of src/ twice, with and without relaxed SIMD, into src/generated/*.ts. The binaries are base64
// strings there: these load the same way from the sources, from dist and from a browser's bundle. What any of the files
// exports, the module exports, but for kernels/lanes/, whose functions are inlined into the others. The compiler's own
// declarations of these exports become src/generated/kernel-exports.ts, by which TypeScript checks every call.
// Run by the build, and before the tests (as vitest's global set-up); does nothing if the result is up to date.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const assembly = new URL('../src/', import.meta.url);
const inlined = 'kernels/lanes/';
const generated = new URL('../src/generated/', import.meta.url);
const builds = [
  { name: 'simd', features: ['simd'] },
  { name: 'relaxed-simd', features: ['simd', 'relaxed-simd'] },
];
const options = ['--runtime', 'stub', '--importMemory', '--noAssert', '-O3', '--converge'];

/** The name under which vitest calls a global set-up. */
export async function setup() {
  const hash = hashOf(new URL(import.meta.url), ...sources().map((file) => new URL(file, assembly)));
  for (const build of builds) {
    const target = new URL(`${build.name}.ts`, generated);
    if (firstLine(target) === `// ${hash}`) continue;
    const { binary, declarations } = await compile(build.features);
    refuseStaticMemory(build.name, binary);
    mkdirSync(generated, { recursive: true });
    const base64 = Buffer.from(binary).toString('base64');
    writeFileSync(new URL('kernel-exports.ts', generated), interfaceOf(declarations));
    writeFileSync(
      target,
      `// ${hash}\n/** The *.as.ts files, compiled by scripts/build-kernels.js. */\nexport const base64 =\n  '${base64}';\n`,
    );
  }
}

const sources = () =>
  readdirSync(assembly, { recursive: true })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.as.ts'))
    .sort();

/** The exported functions as an interface, with the compiler's comments: where each is defined and its wasm types. */
function interfaceOf(declarations) {
  const raw = declarations.slice(0, declarations.indexOf('\n}'));
  const members = raw
    .split(/(?=^ {2}\/\*\*$)/m)
    .filter((member) => member.includes('export function '))
    .map((member) => member.trimEnd().replace('export function ', ''));
  return [
    '/** What the compiled *.as.ts files export; addresses and strides in bytes. Made by scripts/build-kernels.js. */',
    'export interface KernelExports {',
    ...members,
    '}\n',
  ].join('\n');
}

function hashOf(...files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

function firstLine(file) {
  try {
    return readFileSync(file, 'utf8').split('\n', 1)[0];
  } catch {
    return undefined;
  }
}

async function compile(features) {
  // Imported late: the compiler takes longer to load than an up-to-date result takes to check.
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  let declarations;
  const entries = sources().filter((file) => !file.startsWith(inlined));
  const enabled = features.flatMap((feature) => ['--enable', feature]);
  const { error, stderr } = await asc.main(
    [...entries, '--outFile', 'kernels.wasm', '--bindings', 'raw', ...options, ...enabled],
    {
      readFile: (name) => {
        try {
          return readFileSync(new URL(name, assembly), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = contents;
        if (name.endsWith('.d.ts')) declarations = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary || !declarations) {
    throw new Error(`build-kernels: the *.as.ts files do not compile:\n${stderr}`);
  }
  return { binary, declarations };
}

/** The memory is that of TensorFlow.js' own module: data or a stack of ours would overwrite its. */
function refuseStaticMemory(name, binary) {
  const sections = sectionsOf(binary);
  const forbidden = { 6: 'globals', 8: 'a start function', 11: 'data segments' };
  const found = Object.keys(forbidden).filter((id) => sections.has(Number(id)));
  // Its imports begin with their number: the memory, and no function.
  if (sections.get(2)?.[0] !== 1) found.push('imports other than the memory');
  if (found.length > 0) {
    const what = found.map((id) => forbidden[id] ?? id).join(' and ');
    throw new Error(`build-kernels: ${name} has ${what}; expected code that keeps nothing in memory.`);
  }
}

/** The binary's sections by id: each is an id, its size in LEB128 and that many bytes. */
function sectionsOf(binary) {
  const sections = new Map();
  for (let at = 8; at < binary.length; ) {
    const id = binary[at++];
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++];
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    sections.set(id, binary.subarray(at, at + size));
    at += size;
  }
  return sections;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await setup();
