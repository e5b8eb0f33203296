/** What went wrong, in words for the person in front of the page. docs/errors.md lists the codes. */

import { decimal, format } from "../money/decimal";

/** Code of an answer that is not in the exchange's form, so that some server on the way must have given it. */
export const UNEXPECTED_ANSWER = "UNEXPECTED_ANSWER";

export type Details = Readonly<Record<string, unknown>>;

/** The exchange refused, and changed nothing. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Details,
    readonly requestId: string,
    readonly retryAfterSeconds: number | null,
  ) {
    super(message);
  }
}

/** No answer arrived: whether a write was done is not known. */
export class NoAnswer extends Error {
  constructor() {
    super("The exchange did not answer. Check your connection.");
  }
}

interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details?: Details;
    readonly request_id?: string;
    readonly retry_after?: number;
  };
}

function hasErrorShape(body: unknown): body is ErrorBody {
  return typeof body === "object" && body !== null && "error" in body && typeof body.error === "object";
}

export function toApiError(status: number, body: unknown): ApiError {
  if (!hasErrorShape(body)) {
    const message =
      status >= 500 ? "The exchange is not available at the moment." : "The exchange refused the request.";
    return new ApiError(status, UNEXPECTED_ANSWER, message, {}, "", null);
  }
  const { code, message, details, request_id, retry_after } = body.error;
  return new ApiError(status, code, message, details ?? {}, request_id ?? "", retry_after ?? null);
}

function text(details: Details, name: string): string | null {
  const value = details[name];
  return typeof value === "string" && value !== "" ? value : null;
}

function amount(details: Details, name: string): string | null {
  const value = text(details, name);
  return value === null ? null : format(decimal(value));
}

/** Sentences that use what the error tells beyond its message; null where it tells too little. */
const SENTENCES: Readonly<Record<string, (details: Details) => string | null>> = {
  INSUFFICIENT_BALANCE: (details) => {
    const [asset, required, available] = [
      text(details, "asset"),
      amount(details, "required"),
      amount(details, "available"),
    ];
    if (asset === null || required === null || available === null) return null;
    return `This needs ${required} ${asset}; you have ${available} ${asset} available.`;
  },
  PRICE_OFF_TICK: (details) => {
    const step = amount(details, "tick_size");
    return step && `The price must be a multiple of ${step}.`;
  },
  QUANTITY_OFF_LOT: (details) => {
    const step = amount(details, "lot_size");
    return step && `The quantity must be a multiple of ${step}.`;
  },
  EMAIL_CODE_TOO_SOON: () =>
    "A code was sent a short while ago; each is good for one withdrawal or transfer. Look for it, or wait for the next.",
  RATE_LIMITED: () => "Too many requests in a short time. Wait a few seconds and try again.",
  POST_ONLY_WOULD_MATCH: () =>
    "At this price the order would trade at once, and it was to be post-only. Nothing was placed.",
  STOP_WOULD_TRIGGER: () => "The last price has reached this trigger already. Nothing was placed.",
  NO_REFERENCE_PRICE: () => "Nobody has traded here yet, so there is no price to follow.",
  NOT_IN_AUCTION: () =>
    "The market is collecting orders for an auction: only orders that can wait in the book are taken.",
  MARKET_CANCEL_ONLY: () => "The market takes no new orders at the moment. Open ones can be cancelled.",
  MAX_STOP_ORDERS: () => "You have as many waiting orders in this market as one may have.",
  ORDER_RATE_EXCEEDED: () => "Too many orders in this market within ten seconds. Wait a little and try again.",
  MAX_POSITION: () => "With this order you would hold more of the asset than an account may.",
  KYC_LEVEL_TOO_LOW: () => "This market is open to accounts whose identity has been verified.",
  ORDER_NOT_AMENDABLE: () =>
    "Orders that wait for a price, and pairs of orders, cannot be amended. Cancel it and place a new one.",
  AMEND_BELOW_FILLED: () => "The new quantity must be more than what has traded already.",
  CSRF_FAILED: () => "The page is out of date. Load it again and repeat.",
};

function fieldSentences(details: Details): string | null {
  const sentences = Object.values(details).flatMap((value) => (Array.isArray(value) ? value : [value]));
  const readable = sentences.filter((value): value is string => typeof value === "string");
  return readable.length > 0 ? readable.join(" ") : null;
}

export function explain(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.code === "SECOND_FACTOR_LOCKED" && error.retryAfterSeconds !== null) {
      const minutes = Math.ceil(error.retryAfterSeconds / 60);
      return `Too many wrong codes. Try again in ${minutes === 1 ? "a minute" : `${minutes.toString()} minutes`}.`;
    }
    if (error.code === "FIELD_INVALID") return fieldSentences(error.details) ?? error.message;
    return SENTENCES[error.code]?.(error.details) ?? error.message;
  }
  if (error instanceof Error && error.name !== "TypeError") return error.message;
  return "Something went wrong on this page. Load it again.";
}

/** Why an order ended as it did, or null where the code says nothing to a person. */
export function explainReason(reason: string): string | null {
  return REASONS[reason] ?? (reason === "" ? null : reason.toLowerCase().replaceAll("_", " "));
}

const REASONS: Readonly<Record<string, string>> = {
  POST_ONLY_WOULD_MATCH: "it would have traded at once, and it was to be post-only",
  INSUFFICIENT_BALANCE: "the available balance was too low",
  PRICE_OUT_OF_BAND: "the price was too far from the last price",
  MAX_ORDER_VALUE: "its value was above the market’s maximum",
  MAX_OPEN_ORDERS: "you had as many open orders in this market as one may have",
  MARKET_HALTED: "the market was halted",
  MARKET_CLOSED: "the market was closed",
  MARKET_CANCEL_ONLY: "the market took no new orders",
  NOT_IN_AUCTION: "the market was collecting orders for an auction",
  STOP_WOULD_TRIGGER: "the last price had reached its trigger already",
  NO_REFERENCE_PRICE: "there was no price to follow yet",
  MAX_STOP_ORDERS: "you had as many waiting orders in this market as one may have",
  ORDER_RATE_EXCEEDED: "there were too many orders in a short time",
  MAX_POSITION: "you would have held more of the asset than an account may",
  KYC_LEVEL_TOO_LOW: "the market is open to accounts whose identity has been verified",
  GOOD_TILL_PASSED: "the time until which it was good has passed",
  PRICE_PROTECTION: "the next price was beyond its worst price",
  CIRCUIT_BREAKER: "the next trade would have moved the price too far",
  CANCELLED_BY_OWNER: "you cancelled it",
  CANCELLED_BY_STAFF: "the exchange cancelled it",
  CANCELLED_ON_DISCONNECT: "its connection ended",
  OCO_OTHER_LEG: "the other order of the pair acted or was cancelled",
  REPLACED: "another order replaced it",
  COUNTDOWN: "its countdown was not renewed in time",
  TICK_SIZE_CHANGED: "its price does not fit the market’s new price step",
  ACCOUNT_TRADE_FROZEN: "trading was frozen for the account",
  IOC_REMAINDER: "the rest found nobody at this price or better",
  FOK_NOT_FILLABLE: "it could not be filled in full at once",
  NO_LIQUIDITY: "the book had no more orders on that side",
  PRICE_BAND: "the next price was outside the market’s price band",
  SELF_TRADE_PREVENTED: "it met an order of your own",
  BUDGET_TOO_SMALL: "the amount does not cover one lot at the best price",
  COMMAND_EXPIRED: "it reached the market too late",
};
