/**
 * Checking in the browser that one's own balance is in the published total. wallet/core/merkle.py describes the format:
 * each node commits to the hash and the sum of both its children, so no total can leave anybody out.
 */

import type { Liability, LiabilitySnapshot, OwnLeaf } from "../../../app/funds";
import { compare, parse } from "../../../money/decimal";

const LEAF = 0;
const NODE = 1;
const SNAPSHOT = 3;
const HASH_BYTES = 32;
const SUM_BYTES = 32;
const ACCOUNT_BYTES = 8;
const MOST_DEPTH = 64;
const WORD_BYTES = 8;
const BITS_OF_A_WORD = 64n;
const MOST_SUM = (1n << 256n) - 1n;

/** A proof does not hold, and why. */
export class ProofInvalid extends Error {}

function require(condition: boolean, reason: string): void {
  if (!condition) throw new ProofInvalid(reason);
}

type Bytes = Uint8Array<ArrayBuffer>;

function joined(...parts: readonly (Bytes | readonly number[])[]): Bytes {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export function toHex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Unsigned, big-endian; `length` in whole words of eight bytes. */
function numberBytes(number: bigint, length: number): Bytes {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let rest = number;
  for (let offset = length - WORD_BYTES; offset >= 0; offset -= WORD_BYTES) {
    view.setBigUint64(offset, rest);
    rest >>= BITS_OF_A_WORD;
  }
  return bytes;
}

function sum(text: string): bigint {
  require(/^\d{1,80}$/.test(text), "A sum is not a whole number, or below zero.");
  const number = BigInt(text);
  require(number <= MOST_SUM, "A sum is too large.");
  return number;
}

/** The amount that people read, in units, says what is hashed in atoms. */
function requireSame(text: string, atoms: string, scale: number, what: string): void {
  const shown = parse(text);
  const isSame = shown !== null && compare(shown, { units: sum(atoms), scale }) === 0;
  require(isSame, `The ${what} in units is not that in atoms.`);
}

function hash(text: string): Bytes {
  require(/^[0-9a-f]{64}$/.test(text), "A hash is not written in 64 hexadecimal digits.");
  return numberBytes(BigInt(`0x${text}`), HASH_BYTES);
}

async function leafHash({ asset, account, amount_atoms, salt }: OwnLeaf): Promise<Bytes> {
  const symbol = new TextEncoder().encode(asset);
  return sha256(
    joined(
      [LEAF],
      hash(salt),
      [symbol.length],
      symbol,
      numberBytes(BigInt(account), ACCOUNT_BYTES),
      numberBytes(sum(amount_atoms), SUM_BYTES),
    ),
  );
}

function nodeHash(left: Bytes, leftSum: bigint, right: Bytes, rightSum: bigint): Promise<Bytes> {
  return sha256(joined([NODE], left, numberBytes(leftSum, SUM_BYTES), right, numberBytes(rightSum, SUM_BYTES)));
}

/** Throws ProofInvalid unless the way from the leaf leads to the published root and total. */
export async function checkLeaf(leaf: OwnLeaf, published: Liability): Promise<void> {
  const { depth, leaves, root } = published;
  require(leaf.asset === published.asset, "It is of another asset.");
  require(depth <= MOST_DEPTH && leaf.path.length === depth, "The way to the root has the wrong length.");
  requireSame(leaf.amount, leaf.amount_atoms, published.scale, `amount of ${leaf.asset}`);
  require(leaf.position >= 0 && leaf.position < leaves, "There is no such place in the tree.");
  let digest = await leafHash(leaf);
  let total = sum(leaf.amount_atoms);
  let position = BigInt(leaf.position);
  for (const step of leaf.path) {
    const beside = sum(step.sum_atoms);
    digest =
      position % 2n === 1n
        ? await nodeHash(hash(step.hash), beside, digest, total)
        : await nodeHash(digest, total, hash(step.hash), beside);
    total += beside;
    require(total <= MOST_SUM, "A sum is too large.");
    position /= 2n;
  }
  require(toHex(digest) === root, "The way does not lead to the published root.");
  require(total === sum(published.total_atoms), "The sums do not make up the published total.");
}

/** Keys sorted, nothing but ASCII, no spaces. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([name, content]) => `${canonical(name)}:${canonical(content)}`).join(",")}}`;
  }
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Throws ProofInvalid unless the commitment binds everything that was published with it, and totals read as hashed. */
export async function checkCommitment(snapshot: LiabilitySnapshot): Promise<void> {
  for (const { asset, total, total_atoms, scale } of snapshot.assets)
    requireSame(total, total_atoms, scale, `total of ${asset}`);
  const { commitment, ...content } = snapshot;
  const bytes = joined([SNAPSHOT], new TextEncoder().encode(canonical(content)));
  require(toHex(await sha256(bytes)) === commitment, "The commitment does not fit what was published.");
}
