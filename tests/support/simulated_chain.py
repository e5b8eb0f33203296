"""The simulated chain as a process of its own, for tests: blocks only on demand, to be killed and started again."""

import os
import subprocess
import sys
import time
from pathlib import Path

from exchange.embedded.ports import free_port
from wallet.simchain.client import ChainClient, NotReached

TOKEN = "token-of-a-test-chain"
PATIENCE_SECONDS = 60


class SimulatedChain:
    """One chain in `folder`; `client` speaks to it. Its port stays the same when it is started again."""

    def __init__(self, folder: Path, *, block_seconds: float = 0, seed: str = "test") -> None:
        self.file = folder / "chain.sqlite"
        self.log = folder / "chain.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.token = TOKEN
        self.client = ChainClient(self.url, TOKEN, timeout_seconds=PATIENCE_SECONDS)
        self._options = ["--block-seconds", str(block_seconds), "--seed", seed]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "wallet.simchain", "--port", str(self.port), "--data", str(self.file)]
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, *self._options], env=os.environ | {"SIMCHAIN_TOKEN": TOKEN}, stderr=output
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            try:
                self.client.status()
                return
            except NotReached:
                time.sleep(0.02)

    def kill(self) -> None:
        """As by `kill -9`."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """As it is asked to stop; its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(PATIENCE_SECONDS)

    def end(self) -> None:
        self.kill()
        self.client.close()

    def fund(self, wallet: str, asset: str, atoms: int) -> str:
        """Give a wallet money, in a block; the address it went to."""
        address = self.client.new_address(wallet, client_id=f"main:{wallet}")
        self.client.faucet(address, asset, atoms)
        self.client.mine()
        return address
