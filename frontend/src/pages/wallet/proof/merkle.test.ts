import { expect, it } from "vitest";
import fixture from "./merkle.fixture.json";
import { checkCommitment, checkLeaf } from "./merkle";

/** Made by wallet/core/merkle.py: five accounts, one of them with nothing. */
const { snapshot, leaf } = fixture;
const published = snapshot.assets[0];
if (published === undefined) throw new Error("the fixture has an asset");

const asset = published;

function refused(changedLeaf: object, changedAsset: object = {}): Promise<void> {
  return checkLeaf({ ...leaf, ...changedLeaf }, { ...asset, ...changedAsset });
}

it("accepts a leaf whose way leads to the root", async () => {
  await expect(checkLeaf(leaf, published)).resolves.toBeUndefined();
  await expect(checkCommitment(snapshot)).resolves.toBeUndefined();
});

it("refuses whatever differs in one place", async () => {
  const [first, ...others] = leaf.path;
  await expect(refused({ amount_atoms: "8", amount: "0.00000008" })).rejects.toThrow("published root");
  await expect(refused({ account: "1" })).rejects.toThrow("published root");
  await expect(refused({ position: leaf.position ^ 1 })).rejects.toThrow("published root");
  await expect(refused({ position: 5 })).rejects.toThrow("no such place");
  await expect(refused({ path: others })).rejects.toThrow("wrong length");
  await expect(refused({ path: [{ ...first, sum_atoms: "-5" }, ...others] })).rejects.toThrow("below zero");
  await expect(refused({}, { total_atoms: "23", total: "0.00000023" })).rejects.toThrow("published total");
  await expect(refused({}, { root: "00".repeat(32) })).rejects.toThrow("published root");
  await expect(checkCommitment({ ...snapshot, taken_at: "2026-01-02T00:00:00Z" })).rejects.toThrow("commitment");
});

it("refuses amounts that people read otherwise than they were counted", async () => {
  await expect(refused({ amount: "7" })).rejects.toThrow("The amount of BTC in units is not that in atoms");
  await expect(refused({ amount: "0.000000071" })).rejects.toThrow("not that in atoms");
  await expect(refused({ amount: "0.000000070" })).resolves.toBeUndefined();
  await expect(refused({ amount: "seven" })).rejects.toThrow("not that in atoms");
  const shown = { ...snapshot, assets: [{ ...asset, total: "2" }] };
  await expect(checkCommitment(shown)).rejects.toThrow("The total of BTC in units is not that in atoms");
});
