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
    verify_proof,
)

amounts = st.one_of(st.integers(0, 5), st.integers(0, 10**38))
salts = st.binary(min_size=32, max_size=32)
leaves = st.lists(st.builds(Leaf, salts, st.just("BTC"), st.integers(1, 10**9), amounts), min_size=1, max_size=20)


def verify(tree: SumTree, leaf: Leaf, position: int, steps: list[Step], **other: object) -> None:
    published = {"root": tree.root, "total": tree.total, "depth": tree.depth, "leaf_count": tree.leaf_count, **other}
    verify_proof(leaf, position, steps, **published)  # type: ignore[arg-type]


def refused(tree: SumTree, leaf: Leaf, position: int, steps: list[Step], **other: object) -> bool:
    try:
        verify(tree, leaf, position, steps, **other)
    except LiabilityProofInvalid:
        return True
    return False


@given(leaves)
def test_every_leaf_proves_itself_and_the_root_has_the_sum(found: list[Leaf]) -> None:
    tree = SumTree(found)
    assert tree.total == sum(leaf.amount for leaf in found)
    assert sorted(tree.position_of) == list(range(len(found)))
    for leaf, position in zip(found, tree.position_of, strict=True):
        verify(tree, leaf, position, tree.proof(position))


@settings(max_examples=300)
@given(leaves, st.data())
def test_whatever_is_changed_is_noticed(found: list[Leaf], data: st.DataObject) -> None:
    tree = SumTree(found)
    index = data.draw(st.integers(0, len(found) - 1))
    leaf, position = found[index], tree.position_of[index]
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
        SumTree([Leaf(bytes(32), "BTC", 1, -1)])


@pytest.mark.parametrize("amount", [-1, MAX_SUM + 1])
def test_a_proof_over_a_negative_or_too_large_sum_is_refused(amount: int) -> None:
    leaf = Leaf(bytes(32), "BTC", 1, 5)
    assert refused(SumTree([leaf]), replace(leaf, amount=amount), 0, [])
    assert refused(SumTree([leaf, leaf]), leaf, 0, [Step(leaf.digest(), amount)])


def test_no_one_takes_a_node_for_a_leaf_or_hides_a_neighbour() -> None:
    """Two who are shown the same place each with another sum beside it: the flaw of trees that hash only the total."""
    low, high = Leaf(b"a" * 32, "BTC", 1, 10), Leaf(b"b" * 32, "BTC", 2, 90)
    tree = SumTree([low, high])
    position = tree.position_of[0]
    assert refused(tree, low, position, [Step(high.digest(), 0)], total=10)
    assert refused(tree, low, position, [], total=10, depth=0, leaf_count=1)


def test_shapes() -> None:
    empty = SumTree([])
    assert (empty.root, empty.total, empty.depth, empty.leaf_count) == (EMPTY_HASH, 0, 0, 0)
    one = Leaf(bytes(32), "BTC", 1, 7)
    assert SumTree([one]).root == one.digest()
    three = SumTree([replace(one, account_id=account) for account in (1, 2, 3)])
    assert (three.depth, three.leaf_count, three.total) == (2, 3, 21)
    assert Step(EMPTY_HASH, 0) in three.proof(2)
