"""What this process counts about its sockets, as Prometheus reads it."""

from prometheus_client import Counter, Gauge, Histogram

CLIENTS = Gauge("bourse_stream_clients", "Open sockets.", ["socket"], multiprocess_mode="livesum")
SUBSCRIPTIONS = Gauge(
    "bourse_stream_subscriptions", "Subscriptions of all sockets.", ["channel"], multiprocess_mode="livesum"
)
MESSAGES_SENT = Counter("bourse_stream_messages_sent", "Frames written to clients.")
MESSAGES_RECEIVED = Counter("bourse_stream_messages_received", "Frames read from clients.")
DROPPED = Counter("bourse_stream_dropped", "Sockets that were closed by us.", ["code"])
RESYNCS = Counter("bourse_stream_resyncs", "Books that were read anew after a gap, a reset or a lost connection.")
CATCH_UPS = Counter("bourse_stream_catch_ups", "Private streams that read missed events from the database.")
ORDERS = Counter("bourse_stream_orders", "Commands accepted over sockets.", ["kind"])
ROUND_SECONDS = Histogram(
    "bourse_stream_round_seconds",
    "Writing what changed to all subscribers.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0),
)
