"""The tree of liabilities: every leaf proves itself, and nothing that was changed does."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import InvariantViolated
from wallet.core.merkle import (
    EMPTY_HASH,
    MAX_SUM,
    Leaf,
    LiabilityProofInvalid,
    Step,
    SumTree,
    node_hash,
    plant,
    verify_proof,
)

amounts = st.one_of(st.integers(0, 5), st.integers(0, 10**38))
salts = st.binary(min_size=32, max_size=32)
leaves = st.lists(st.builds(Leaf, salts, st.just("BTC"), st.integers(1, 10**9), amounts), min_size=1, max_size=20)


def verify(tree: SumTree, leaf: Leaf, position: int, steps: list[Step], **other: object) -> None:
    published = {"root": tree.root, "total": tree.total, "depth": tree.depth, "leaf_count": tree.node_count, **other}
    verify_proof(leaf, position, steps, **published)  # type: ignore[arg-type]


def refused(tree: SumTree, leaf: Leaf, position: int, steps: list[Step], **other: object) -> bool:
    try:
        verify(tree, leaf, position, steps, **other)
    except LiabilityProofInvalid:
        return True
    return False


@given(leaves)
def test_every_leaf_proves_itself_and_the_root_has_the_sum(found: list[Leaf]) -> None:
    tree, positions = plant(found)
    assert tree.total == sum(leaf.amount for leaf in found)
    assert sorted(positions) == list(range(len(found)))
    for leaf, position in zip(found, positions, strict=True):
        verify(tree, leaf, position, tree.proof(position))


@settings(max_examples=300)
@given(leaves, st.data())
def test_whatever_is_changed_is_noticed(found: list[Leaf], data: st.DataObject) -> None:
    tree, positions = plant(found)
    index = data.draw(st.integers(0, len(found) - 1))
    leaf, position = found[index], positions[index]
    steps = tree.proof(position)

    other_salt = data.draw(salts)
    other_amount = data.draw(amounts)
    assert refused(tree, replace(leaf, account_id=leaf.account_id + 1), position, steps)
    assert refused(tree, replace(leaf, asset="ETH"), position, steps)
    assert refused(tree, leaf, position, [*steps, Step(EMPTY_HASH, 0)])
    assert refused(tree, leaf, position, steps, total=tree.total + 1)
    assert refused(tree, leaf, position, steps, root=node_hash(tree.root, tree.total, EMPTY_HASH, 0))
    assert refused(tree, leaf, position, steps, depth=tree.depth + 1)
    assert refused(tree, leaf, position, steps, leaf_count=position)
    assert refused(tree, leaf, position + (1 << tree.depth), steps)
    if other_salt != leaf.salt:
        assert refused(tree, replace(leaf, salt=other_salt), position, steps)
    if other_amount != leaf.amount:
        assert refused(tree, replace(leaf, amount=other_amount), position, steps)
        assert refused(tree, replace(leaf, amount=other_amount), position, steps, total=other_amount)
    for at, step in enumerate(steps):
        changed = data.draw(st.sampled_from([1, -1, 10**20, -step.sum - 1, MAX_SUM]))
        tampered = [*steps[:at], replace(step, sum=step.sum + changed), *steps[at + 1 :]]
        assert refused(tree, leaf, position, tampered)
        assert refused(tree, leaf, position, tampered, total=tree.total + changed)
        bit = 1 << data.draw(st.integers(0, 255))
        flipped = (int.from_bytes(step.hash, "big") ^ bit).to_bytes(32, "big")
        assert refused(tree, leaf, position, [*steps[:at], replace(step, hash=flipped), *steps[at + 1 :]])
        if (step.hash, step.sum) != (leaf.digest(), leaf.amount):
            assert refused(tree, leaf, position ^ 1 << at, steps, leaf_count=1 << tree.depth)


def test_a_liability_below_zero_has_no_leaf() -> None:
    with pytest.raises(InvariantViolated):
        plant([Leaf(bytes(32), "BTC", 1, -1)])
    with pytest.raises(InvariantViolated):
        SumTree([EMPTY_HASH], [-1])


@pytest.mark.parametrize("amount", [-1, MAX_SUM + 1])
def test_a_proof_over_a_negative_or_too_large_sum_is_refused(amount: int) -> None:
    leaf = Leaf(bytes(32), "BTC", 1, 5)
    assert refused(plant([leaf])[0], replace(leaf, amount=amount), 0, [])
    assert refused(plant([leaf, leaf])[0], leaf, 0, [Step(leaf.digest(), amount)])


def test_no_one_takes_a_node_for_a_leaf_or_hides_a_neighbour() -> None:
    """Two who are shown the same place each with another sum beside it: the flaw of trees that hash only the total."""
    low, high = Leaf(b"a" * 32, "BTC", 1, 10), Leaf(b"b" * 32, "BTC", 2, 90)
    tree, (position, _) = plant([low, high])
    assert refused(tree, low, position, [Step(high.digest(), 0)], total=10)
    assert refused(tree, low, position, [], total=10, depth=0, leaf_count=1)


def test_shapes() -> None:
    empty, _ = plant([])
    assert (empty.root, empty.total, empty.depth, empty.node_count) == (EMPTY_HASH, 0, 0, 0)
    one = Leaf(bytes(32), "BTC", 1, 7)
    assert plant([one])[0].root == one.digest()
    three, _ = plant([replace(one, account_id=account) for account in (1, 2, 3)])
    assert (three.depth, three.node_count, three.total) == (2, 3, 21)
    assert Step(EMPTY_HASH, 0) in three.proof(2)


@given(leaves, st.integers(0, 5))
def test_a_tree_is_the_tree_over_its_parts(found: list[Leaf], height: int) -> None:
    """What a store of upper levels relies on: parts of 2^height leaves, and a tree over their roots."""
    tree, positions = plant(found)
    height = min(height, tree.depth)
    upper = SumTree(*tree.level(height), height=height)
    hashes, sums = tree.level(0)
    assert (upper.root, upper.total, upper.depth) == (tree.root, tree.total, tree.depth - height)
    for leaf, position in zip(found, positions, strict=True):
        start = position >> height << height
        part = SumTree(hashes[start : start + (1 << height)], sums[start : start + (1 << height)], depth=height)
        steps = part.proof(position - start) + upper.proof(position >> height)
        assert steps == tree.proof(position)
        verify(tree, leaf, position, steps)
