import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Who may see alerts (P): on loopback everybody who sits at the machine; anywhere else those who
 * have `PAGE_TOKEN`; without a token, nobody.
 */
export type PageAccess =
  | { readonly kind: 'loopback' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'closed' };

export function pageAccess(host: string, token: string | undefined): PageAccess {
  if (token !== undefined) return { kind: 'token', token };
  return isLoopback(host) ? { kind: 'loopback' } : { kind: 'closed' };
}

export type Admission =
  | { readonly kind: 'in' }
  /** The token came in the address: keep it in a cookie and take it out of the address. */
  | { readonly kind: 'in by token'; readonly cookie: string }
  | { readonly kind: 'out'; readonly code: 'unauthorized' | 'forbidden'; readonly detail: string };

/** What a request brings along to be let in. */
export interface Credentials {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
  /** `Host` header: a name that is not this machine's was put there by a foreign site's DNS. */
  readonly host?: string | undefined;
  /** `?token=` of the address. */
  readonly queryToken?: string | undefined;
}

const COOKIE_NAME = 'splitwatch_page';
const COOKIE_MAX_AGE_S = 30 * 24 * 60 * 60;

const SET_TOKEN =
  'the page is closed: it listens beyond this machine and has no token; set PAGE_TOKEN';

/** Decides on one request. Tokens are compared as digests, in constant time. */
export function admit(access: PageAccess, credentials: Credentials): Admission {
  if (access.kind === 'closed') return { kind: 'out', code: 'forbidden', detail: SET_TOKEN };
  if (access.kind === 'loopback') return admitLoopback(credentials.host);
  const { token } = access;
  const { queryToken, authorization, cookie } = credentials;
  if (queryToken !== undefined) {
    if (!isEqual(queryToken, token)) return wrong();
    return { kind: 'in by token', cookie: `${COOKIE_NAME}=${cookieValue(token)}` };
  }
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) return isEqual(bearer, token) ? { kind: 'in' } : wrong();
  const kept = cookieOf(cookie);
  if (kept !== undefined && isEqual(kept, cookieValue(token))) return { kind: 'in' };
  return { kind: 'out', code: 'unauthorized', detail: 'the page asks for its token' };
}

/** Attributes of the cookie: not for scripts, not sent along by other sites' requests. */
export function cookieAttributes(isSecure: boolean): string {
  const attributes = `Path=/; Max-Age=${COOKIE_MAX_AGE_S}; HttpOnly; SameSite=Lax`;
  return isSecure ? `${attributes}; Secure` : attributes;
}

export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

function admitLoopback(hostHeader: string | undefined): Admission {
  const host = (hostHeader ?? '').replace(/:\d+$/, '');
  if (isLoopback(host)) return { kind: 'in' };
  const detail = 'the page opens as localhost only; set PAGE_TOKEN to open it under another name';
  return { kind: 'out', code: 'forbidden', detail };
}

function wrong(): Admission {
  return { kind: 'out', code: 'forbidden', detail: 'this token is not the right one' };
}

function cookieOf(header: string | undefined): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === COOKIE_NAME && value !== undefined) return value;
  }
  return undefined;
}

/** What the cookie holds instead of the token itself, so that a stolen jar does not reveal it. */
function cookieValue(token: string): string {
  return createHmac('sha256', token).update('splitwatch page').digest('hex');
}

function isEqual(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
