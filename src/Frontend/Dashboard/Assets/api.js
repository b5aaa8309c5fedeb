// The documented endpoints of the gateway, called with the rights of the user who has signed in.

/** What an endpoint answered that is no success: its status, and the members of its error. */
export class ApiProblem extends Error {
  constructor(status, error, issues, retryAfter, run) {
    super(error.message);
    this.status = status;
    this.code = error.code ?? null;
    this.param = error.param ?? null;
    /** Each `{path, rule, value, fix}`, where an entry has errors. */
    this.issues = issues ?? [];
    this.retryAfter = retryAfter ?? null;
    /** The run that failed, where there was one. */
    this.run = run ?? null;
  }
}

/** Called where an endpoint asks for a sign-in. */
export const whenSignedOut = new EventTarget();

/**
 * Calls an endpoint.
 * @param {string} path with its query, as `/admin/runs?limit=10`.
 * @param {{method?: string, body?: any, headers?: object, signal?: AbortSignal}} [options] `body` is sent as JSON.
 * @returns {Promise<any>} the answer's JSON; null where it has none.
 * @throws {ApiProblem}
 */
export async function ask(path, options = {}) {
  return (await send(path, options)).body;
}

/** As {@link ask}, with the answer's headers: `{body, headers}`. */
export async function send(path, { method = 'GET', body, headers = {}, signal } = {}) {
  const response = await open(path, { method, body, headers, signal });
  const text = await response.text();
  return { body: text === '' ? null : JSON.parse(text), headers: response.headers };
}

/** Sends, and returns the response with its body unread: for answers that come piece by piece. */
export async function open(path, { method = 'GET', body, headers = {}, signal } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      signal,
      credentials: 'same-origin',
      headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiProblem(0, { message: 'The gateway cannot be reached. Is it running, and is this machine connected?' });
  }

  if (!response.ok) throw await problem(response);
  return response;
}

/** The query of an address: members that are null, undefined or empty are left out. */
export function query(parameters) {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

async function problem(response) {
  let body = null;
  try {
    body = await response.json();
  } catch {
    // A proxy in between answers in its own words.
  }
  const error = body?.error ?? { message: `The gateway, or something before it, answered ${response.status}.` };
  if (response.status === 401 && error.code === 'invalid_admin_key' && !response.url.endsWith('/dashboard/session')) whenSignedOut.dispatchEvent(new Event('signed-out'));
  return new ApiProblem(response.status, error, body?.errors, response.headers.get('Retry-After'), response.headers.get('x-ensemble-run-id'));
}
