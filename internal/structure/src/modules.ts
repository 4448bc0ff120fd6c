import { parseSync } from 'oxc-parser';
import { repositoryFiles, textOf, workspaces } from './repository.js';

export interface Exported {
  readonly name: string;
  readonly isType: boolean;
}

export interface Module {
  /** The files of the repository that this one imports, types included, in their order. */
  readonly imports: readonly string[];
  /** What it exports, sorted by name, `export *` followed. */
  readonly exports: readonly Exported[];
}

/** Every TypeScript and JavaScript module of the repository by its path, with imports resolved to the sources. */
export function readModules(): ReadonlyMap<string, Module> {
  const files = new Set(repositoryFiles().filter((path) => /\.[jt]s$/.test(path)));
  const parsed = new Map([...files].map((file) => [file, parse(file)]));
  const importsOf = (file: string) =>
    parsed.get(file)!.specifiers.flatMap((specifier) => resolve(specifier, file, files) ?? []);
  const exportsOf = (file: string): Exported[] =>
    parsed.get(file)!.exported.flatMap(({ name, isType, from }) => {
      if (name !== undefined) return [{ name, isType }];
      const target = from && resolve(from, file, files);
      if (!target) throw new Error(`readModules: ${file} exports all of ${from}; expected a file of ours.`);
      return exportsOf(target).map((each) => ({ name: each.name, isType: isType || each.isType }));
    });
  return new Map(
    [...files].map((file) => [
      file,
      {
        imports: [...new Set(importsOf(file))],
        exports: exportsOf(file).sort((a, b) => (a.name < b.name ? -1 : 1)),
      },
    ]),
  );
}

function parse(file: string) {
  // AssemblyScript has decorators on functions, which TypeScript has not.
  const text = file.endsWith('.as.ts') ? textOf(file).replaceAll(/^@\w+/gm, '') : textOf(file);
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`readModules: ${file}: ${errors[0]?.message}`);
  const entries = module.staticExports.flatMap(({ entries }) => entries);
  const declared = new Set([...text.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name));
  return {
    specifiers: [
      ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
      // import('...'), of a value or of a type.
      ...[...text.matchAll(/\bimport\(\s*'([^']+)'/g)].map(([, specifier]) => specifier!),
    ],
    exported: entries.map(({ exportName, isType, moduleRequest }) => {
      const name = exportName.kind === 'Default' ? 'default' : (exportName.name ?? undefined);
      return { name, isType: isType || declared.has(name), from: moduleRequest?.value };
    }),
  };
}

/** The file that a specifier means in a file, or undefined for what is not of this repository. */
function resolve(specifier: string, file: string, files: ReadonlySet<string>): string | undefined {
  if (!specifier.startsWith('.')) {
    const workspace = workspaces.find(
      ({ manifest: { name } }) => specifier === name || specifier.startsWith(`${name}/`),
    );
    return workspace?.entries[`.${specifier.slice(workspace.manifest.name.length)}`];
  }
  const path = new URL(specifier, `file:///${file}`).pathname.slice(1);
  return [path, path.replace(/\.js$/, '.ts'), `${path}.ts`].find((candidate) => files.has(candidate));
}
