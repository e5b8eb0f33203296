"""Each module measures one claim."""

import exchange  # noqa: F401  decides how the pure cores run
