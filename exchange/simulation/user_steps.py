"""What users do: deposit, withdraw, stop withdrawals, send to each other, trade."""

from decimal import Decimal

from exchange.simulation.far_end import CHAIN_ASSETS
from exchange.simulation.stage import NETWORK, SYMBOL, Actor
from exchange.simulation.world import World
from kernel.units import to_atoms
from matching.engine.types import OrderType, Side, TimeInForce
from matching.models import Command, CommandKind, Market, Order
from matching.models.orders import OrderStatus
from matching.rules import units_of
from wallet.core.states import WithdrawalState
from wallet.models import Withdrawal
from wallet.services.transfers import TransferRequest, transfer
from wallet.services.withdrawal_requests import WithdrawalRequest, request_withdrawal
from wallet.services.withdrawals import cancel_unverified, cancel_withdrawal, verify_withdrawal
from wallet.simchain.chain import Output

_TRAVEL_RULE = {
    "originator": {"name": "Somebody Simulated"},
    "beneficiary": {"name": "Somebody Simulated", "is_self": True},
    "purpose": "own wallet",
}
_DECIMALS = {asset.symbol: asset.decimals for asset in CHAIN_ASSETS}
_WRONG_CODE = "000000"
COOLING_SECONDS = 25 * 3_600


def begin(world: World) -> None:
    """Everybody brings money, and mostly the addresses of the books have cooled off."""
    for actor in world.actors:
        for asset, amount in (("BTC", world.rng.randint(3, 9)), ("USDT", world.rng.randint(200_000, 500_000))):
            output = Output(actor.address, to_atoms(Decimal(amount), _DECIMALS[asset]))
            world.far_end.chain.pour(asset=asset, output=output)
            world.note(f"{actor.user.username} begins with {amount} {asset}")
    if world.rng.random() < 0.7:
        world.clock.advance(COOLING_SECONDS)


def deposit(world: World) -> None:
    """Money from elsewhere for an address of ours; sometimes too little, sometimes for an address of nobody."""
    rng = world.rng
    actor, asset = rng.choice(world.actors), rng.choice(["BTC", "BTC", "USDT", "USDT"])
    amount = _amount(world, asset, least=1, most=300)
    if rng.random() < 0.05:
        amount = Decimal("0.001") if asset == "BTC" else Decimal(3)
    address, name = actor.address, actor.user.username
    if rng.random() < 0.04:
        address, name = world.far_end.chain.new_address(wallet="incoming"), "nobody"
    world.far_end.chain.pour(asset=asset, output=Output(address, to_atoms(amount, _DECIMALS[asset])))
    world.note(f"deposit of {amount} {asset} for {name}")


def ask(world: World) -> None:
    """Ask for a withdrawal, and mostly confirm it; sometimes ask twice."""
    rng = world.rng
    actor, asset = rng.choice(world.actors), rng.choice(["BTC", "USDT"])
    to_somebody_here = world.actors[(world.actors.index(actor) + 1) % len(world.actors)].address
    request = WithdrawalRequest(
        request_id=world.next_request(),
        asset=asset,
        network=NETWORK,
        amount=_amount(world, asset, least=1, most=180),
        address=actor.outside if rng.random() < 0.8 else to_somebody_here,
        travel_rule=_TRAVEL_RULE,
    )
    times = 2 if rng.random() < 0.2 else 1

    def work() -> None:
        for _ in range(times):
            request_withdrawal(user=actor.user, account_id=actor.account_id, request=request)

    world.run_process(f"{actor.user.username} asks for {request.amount} {asset} ({request.request_id})", work)
    if rng.random() < 0.8:
        verify(world)


def verify(world: World) -> None:
    """Confirm one that waits for it, now and then with a wrong code."""
    withdrawal = _one_of(world, WithdrawalState.REQUESTED)
    if withdrawal is None:
        return
    actor = _actor_of(world, withdrawal)
    code = _WRONG_CODE if world.rng.random() < 0.05 else world.code(actor)
    world.run_process(
        f"{actor.user.username} confirms {withdrawal.request_id}",
        lambda: verify_withdrawal(user=actor.user, account_id=actor.account_id, withdrawal_id=withdrawal.pk, code=code),
    )


def stop(world: World) -> None:
    """Try to stop any withdrawal, whatever became of it."""
    withdrawal = _one_of(world, *WithdrawalState)
    if withdrawal is None:
        return
    actor = _actor_of(world, withdrawal)
    world.run_process(
        f"{actor.user.username} stops {withdrawal.request_id}",
        lambda: cancel_withdrawal(user=actor.user, account_id=actor.account_id, withdrawal_id=withdrawal.pk),
    )


def send_to_user(world: World) -> None:
    """A transfer between two users, sometimes asked for twice, sometimes of more than there is."""
    rng = world.rng
    sender, receiver = rng.sample(world.actors, 2)
    asset = rng.choice(["BTC", "USDT"])
    request = TransferRequest(
        request_id=world.next_request(),
        asset=asset,
        amount=_amount(world, asset, least=1, most=120),
        to=receiver.user.username,
    )
    code, times = world.code(sender), 2 if rng.random() < 0.2 else 1

    def work() -> None:
        for _ in range(times):
            transfer(user=sender.user, account_id=sender.account_id, request=request, code=code)

    names = f"{sender.user.username} sends {receiver.user.username}"
    world.run_process(f"{names} {request.amount} {asset} ({request.request_id})", work)


def trade(world: World) -> None:
    """Log some orders and cancellations of random users."""
    rng = world.rng
    market = Market.objects.select_related("shard").get(symbol=SYMBOL)
    units = units_of(market)
    for _ in range(rng.randint(1, 5)):
        actor = rng.choice(world.actors)
        fields: dict[str, object]
        mine = Order.objects.filter(account_id=actor.account_id, status__in=[OrderStatus.OPEN, OrderStatus.PARTIAL])
        open_orders = list(mine.order_by("pk"))
        if open_orders and rng.random() < 0.4:
            fields = {"kind": CommandKind.CANCEL, "target_order_id": rng.choice(open_orders).pk}
        else:
            fields = {
                "kind": CommandKind.PLACE,
                "side": rng.choice([Side.BUY, Side.SELL]),
                "order_type": OrderType.LIMIT,
                "time_in_force": TimeInForce.GTC,
                "ticks": units.ticks(Decimal(60_000 + rng.randint(-20, 20))),
                "lots": units.lots(Decimal(rng.randint(1, 30)) / 10),
            }
        Command.objects.create(
            shard=market.shard,
            market=market,
            rules_version=market.rules_version,
            account_id=actor.account_id,
            **fields,
        )
    world.note("orders")


def grow_impatient(world: World) -> None:
    """What nobody has confirmed in time ends."""
    world.run_process("late confirmations", lambda: cancel_unverified(at=world.clock.now()))


def _amount(world: World, asset: str, *, least: int, most: int) -> Decimal:
    return Decimal(world.rng.randint(least, most)) * (Decimal("0.01") if asset == "BTC" else Decimal(600))


def _one_of(world: World, *states: WithdrawalState) -> Withdrawal | None:
    found = list(Withdrawal.objects.filter(state__in=[str(state) for state in states]).order_by("pk"))
    return world.rng.choice(found) if found else None


def _actor_of(world: World, withdrawal: Withdrawal) -> Actor:
    return next(actor for actor in world.actors if actor.account_id == withdrawal.account_id)
