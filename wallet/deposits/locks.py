"""Numbers of the work on a rail that one process does at a time (`storage.session_locks`)."""

WATCHING = 0x626F7773
SWEEPING = 0x626F7774
