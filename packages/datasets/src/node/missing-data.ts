/** The error of a loader that finds no files: where it looked, and the command that fetches them. */
export function missingData(
  loader: string,
  dataset: string,
  file: string,
  folders: readonly string[],
  cause?: unknown,
): Error {
  return new Error(
    `${loader}: ${file} is missing; expected in ${folders.join(' or ')}. ` +
      `Run \`npx -y pnpm@10 reproduce data ${dataset}\`, or set METADISTILL_DATA to the folder that has the data.`,
    { cause },
  );
}
