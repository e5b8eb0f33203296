"""How passwords are kept: Argon2id with OWASP's parameters for servers that many people sign in to at once."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PasswordHasher(Argon2PasswordHasher):
    """19 MiB and two passes: some 25 ms. Django's own 100 MiB would let a few dozen sign-ins fill a small machine."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
