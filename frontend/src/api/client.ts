/** The REST API, typed from its OpenAPI document. Every failure is thrown, as an ApiError or as NoAnswer. */

import createClient from "openapi-fetch";
import { NoAnswer, toApiError } from "./errors";
import type { paths } from "./schema";

const UNAUTHORIZED = 401;

export function csrfToken(): string {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

const sessionLost = new Set<() => void>();

/** Call `listener` whenever the API says that nobody is signed in. */
export function onSessionLost(listener: () => void): void {
  sessionLost.add(listener);
}

export const api = createClient<paths>({ baseUrl: "" });

api.use({
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("X-CSRFToken", csrfToken());
  },
  onResponse({ response }) {
    if (response.status === UNAUTHORIZED) for (const listener of sessionLost) listener();
  },
  onError() {
    return new NoAnswer();
  },
});

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The body of a good answer. */
export async function answered<Data>(request: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await request;
  if (!response.ok) throw toApiError(response.status, error);
  return data as NonNullable<Data>;
}
