import { markdownTable } from 'markdown-table';
import type { Profile } from './profile-kernels.js';

/** Profiles as a table: a row a kernel, ms, calls and share of each step, in the order of the slowest step. */
export function renderProfiles(profiles: readonly Profile[]): string {
  const longest = profiles.toSorted((a, b) => total(b) - total(a));
  const kernels = [...new Set(longest.flatMap((profile) => profile.kernels.map(({ kernel }) => kernel)))];
  const rows = kernels.map((kernel) => [
    kernel,
    ...profiles.map((profile) => {
      const time = profile.kernels.find((each) => each.kernel === kernel);
      return time ? `${time.ms.toFixed(2)} (${time.calls}) ${share(time.ms, profile)}` : '';
    }),
  ]);
  const between = profiles.map(
    (profile) => `${profile.betweenMs.toFixed(2)} ${share(profile.betweenMs, profile)}`,
  );
  const header = ['kernel: ms (calls)', ...profiles.map(({ name }) => name)];
  return markdownTable([header, ...rows, ['between kernels', ...between]], {
    align: ['l', ...profiles.map(() => 'r')],
  });
}

const total = ({ kernels, betweenMs }: Profile): number =>
  kernels.reduce((sum, { ms }) => sum + ms, betweenMs);

const share = (ms: number, profile: Profile): string => `${((100 * ms) / total(profile)).toFixed(0)} %`;
