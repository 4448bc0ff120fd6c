/** Writes, and says which file it was if that fails: the errors of a full disk do not. */
export function namingFile<Result>(path: string, write: () => Result): Result {
  try {
    return write();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isFull = code !== undefined && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code);
    throw new Error(
      `${path} cannot be written: ${message}.${isFull ? ' Make room for it, and resume.' : ''}`,
      {
        cause,
      },
    );
  }
}
