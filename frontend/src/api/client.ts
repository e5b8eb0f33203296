/** The REST API, typed from its OpenAPI document. Every failure is thrown, as an ApiError or as NoAnswer. */

import createClient from "openapi-fetch";
import { NoAnswer, toApiError } from "./errors";
import type { paths } from "./schema";

export function csrfToken(): string {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

export const api = createClient<paths>({ baseUrl: "" });

api.use({
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("X-CSRFToken", csrfToken());
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
