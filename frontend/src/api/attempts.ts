/** Repeating what may be repeated: a request of which the exchange takes one, however often it is sent. */

import { ApiError, NoAnswer, UNEXPECTED_ANSWER } from "./errors";

const ATTEMPTS = 3;
const PAUSE_MS = 700;

/** Whether it was done is not known. */
export class UnknownFate extends Error {
  constructor() {
    super("No answer came, so it is not known whether this was done. Look at your open orders before you repeat it.");
  }
}

/** Send until there is a yes or a no of the exchange. Throws UnknownFate where none comes. */
export async function untilAnswered<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (!isWithoutAnswer(error)) throw error;
      if (attempt === ATTEMPTS) throw new UnknownFate();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** Neither a yes nor a no of the exchange: nothing, or something that a proxy made up. */
function isWithoutAnswer(error: unknown): boolean {
  return error instanceof NoAnswer || (error instanceof ApiError && error.code === UNEXPECTED_ANSWER);
}
