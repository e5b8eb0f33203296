"""Why a replay cannot go on."""


class ReplayImpossible(Exception):
    """A sentence for the one who started the replay."""
