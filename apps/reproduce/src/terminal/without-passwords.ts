/** A text without the passwords of the addresses in it: `rediss://user:***@host`. */
export const withoutPasswords = (text: string): string =>
  text.replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*):\S*@/gi, '$1:***@');
