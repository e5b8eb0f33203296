"""Settings of every process. What differs between installations comes from the environment; `./bourse` sets it."""

import base64
from pathlib import Path
from typing import Any
from urllib.parse import quote

import environ
from redis.backoff import NoBackoff
from redis.retry import Retry

from exchange.exact_decimals import install_decimal_context
from exchange.observability.configuration import install_crash_log, install_logging, logging_settings
from exchange.observability.process_metrics import install_process_metrics
from exchange.staff.configuration import UNFOLD as UNFOLD
from storage.key_providers import keys_of_environment

install_decimal_context()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
FIELD_ENCRYPTION_KEYS = keys_of_environment(
    file=env.str("FIELD_ENCRYPTION_KEYS_FILE", default=""), text=env.str("FIELD_ENCRYPTION_KEYS", default="")
)
"""(Id, key) pairs: the first encrypts, all decrypt. A file wins over the variable."""
FIELD_KEY_PROVIDER = env.str("FIELD_KEY_PROVIDER", default="storage.key_providers.LocalKeyProvider")
"""The class through which keys are had (docs/encryption.md)."""
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
BOURSE_HOME = Path(env.str("BOURSE_HOME", default=str(BASE_DIR / "var")))

# --- Logs and metrics: before anything that makes a metric -------------------------------------------------------
PROCESS_NAME = env.str("PROCESS_NAME", default="")
"""What a process of the exchange is called in logs and metrics; empty for commands that a person runs."""
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = logging_settings(LOG_LEVEL, style=env.str("LOG_STYLE", default="json" if PROCESS_NAME else "text"))
METRICS_DIR = env.str("METRICS_DIR", default="") if PROCESS_NAME else ""
"""The folder in which the processes of this machine keep their metrics for each other."""
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
"""Who sends it as a bearer token may read /metrics from anywhere."""
METRICS_NETWORKS: list[str] = env.list("METRICS_NETWORKS", default=["127.0.0.0/8", "::1/128"])
"""CIDR ranges that may read /metrics without a token; never through a proxy."""
install_logging()
if PROCESS_NAME:
    install_crash_log()
    if METRICS_DIR:
        install_process_metrics(Path(METRICS_DIR), PROCESS_NAME)

# --- PostgreSQL: the truth ---------------------------------------------------------------------------------------
DATABASE_APP_ROLE = env.str("DATABASE_APP_ROLE", default="bourse_app")
DATABASES = {"default": env.db_url("DATABASE_URL", engine="django.db.backends.postgresql")}
# Every thread keeps its connection. Dead ones are noticed by `storage.connections`, without a round trip.
DATABASES["default"]["CONN_MAX_AGE"] = None
# The statements of the hot path are prepared and always of one shape: planning them anew for each batch, as the server
# would for arrays of other lengths, cost a fifth of the settlement's speed.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c plan_cache_mode=force_generic_plan"
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 3)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHAIN_SIGNING_KEY = base64.b64decode(env.str("CHAIN_SIGNING_KEY", default=""))
"""32 bytes; without them the key is derived from SECRET_KEY."""
CHAIN_HEADS_DIR = BOURSE_HOME / "chain_heads"

# --- Redis: what can be rebuilt ----------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL")
REDIS_PATIENCE_SECONDS = env.float("REDIS_PATIENCE_SECONDS", default=0.25)
"""How long whoever can do without a Redis that does not answer waits for it. Who can do less well without it, such as
an order, which is then refused, waits twice as long.
"""
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {
            "socket_timeout": REDIS_PATIENCE_SECONDS,
            "socket_connect_timeout": REDIS_PATIENCE_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        },
    }
}
SESSION_ENGINE = "accounts.sessions"

# --- Django ------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "exchange.staff.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "django_celery_beat",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "accounts",
    "ledger",
    "risk",
    "matching",
    "marketdata",
    "wallet",
    "wallet.venues",
    "exchange",
    "exchange.notices",
    "storage",
]
MIDDLEWARE = [
    "exchange.api.middleware.ApiMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "exchange.page.security.ContentSecurityPolicy",
    "exchange.api.browsers.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "exchange.api.browsers.CsrfViewMiddleware",
    "exchange.api.browsers.AuthenticationMiddleware",
    "exchange.api.browsers.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "exchange.identity.middleware.IdentityErrors",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "exchange.urls"
WSGI_APPLICATION = "exchange.wsgi.application"
ASGI_APPLICATION = "exchange.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "accounts.identity.hashing.PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "exchange.staff.formats"
STATIC_URL = "/static/"
PAGE_DIST = BASE_DIR / "frontend" / "dist"
"""The built page."""
STATICFILES_DIRS = [("page", PAGE_DIST)] if PAGE_DIST.is_dir() else []
WHITENOISE_USE_FINDERS = True
# Vite puts a hash of the content into these names.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/page/assets/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
CSRF_FAILURE_VIEW = "exchange.identity.middleware.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
if env.bool("TRUST_FORWARDED_PROTO", default=False):
    # Only where every request comes through a proxy of ours that sets the header itself.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=0)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("COOKIES_SECURE", default=False)

# --- Identity: django-allauth, headless --------------------------------------------------------------------------
# Addresses are user names of Django's own backend, so one backend, and one hash, tells who signs in.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
ACCOUNT_ADAPTER = "exchange.identity.adapter.ExchangeAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_EMAIL_VERIFICATION = env.str("EMAIL_VERIFICATION", default="optional")
"""`mandatory` lets nobody sign in before they have followed the link in the mail."""
ACCOUNT_MAX_EMAIL_ADDRESSES = 1
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser",)
HEADLESS_ADAPTER = "accounts.identity.adapter.HeadlessAdapter"
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": "/account/verify-email/{key}",
    "account_reset_password": "/account/reset-password",
    "account_reset_password_from_key": "/account/reset-password/{key}",
    "account_signup": "/sign-up",
}
# Without a mail server mails are files: what is in them sets new passwords, so they must not be in a log.
vars().update(env.email_url("EMAIL_URL", default=f"filemail:///{quote(str(BOURSE_HOME / 'mail'))}"))
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="Bourse <no-reply@localhost>")
DEMO = env.bool("DEMO", default=False)
"""A demo exchange gives everybody who signs up money to play with."""
MFA_ADAPTER = "accounts.second_factor.adapter.SecondFactorAdapter"
MFA_TOTP_ISSUER = env.str("TOTP_ISSUER", default="Bourse")
"""Under which name authenticator apps list us."""
MFA_RECOVERY_CODE_DIGITS = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
# In a demo nobody reads mails. Elsewhere a stranger who signed up with somebody's address could lock its owner out.
MFA_ALLOW_UNVERIFIED_EMAIL = DEMO
EMAIL_CODE_PURPOSES: list[str] = env.list("EMAIL_CODE_PURPOSES", default=[])
"""Where a code by e-mail is asked for beside that of the app: `withdrawal`, or nowhere; checked at every start."""

# --- Celery ------------------------------------------------------------------------------------------------------
# Over a socket the library below Celery calls the number of the database otherwise.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "sign chain heads": {"task": "ledger.tasks.sign_chain_heads", "schedule": 60.0},
    # One that waited too long is dropped: the next one does its work as well.
    "update candles": {
        "task": "marketdata.tasks.roll_up_candles",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "drop old candles": {"task": "marketdata.tasks.drop_old_candles", "schedule": 3600.0},
    "sum up trades": {
        "task": "matching.tasks.sum_up_new_trades",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    },
    "delete old client order ids": {
        "task": "matching.tasks.delete_old_client_order_ids",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "end expired fee exceptions": {
        "task": "matching.tasks.end_expired_exceptions",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "watch markets": {
        "task": "exchange.tasks.watch_new_trading",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    },
    "process operations of funds": {
        "task": "wallet.tasks.process_operations",
        "schedule": 2.0,
        "options": {"queue": "funds", "expires": 2.0},
    },
    "watch rails": {
        "task": "wallet.tasks.watch_rails",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    },
    "look after rails": {
        "task": "wallet.tasks.look_after_rails",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "send payouts": {
        "task": "wallet.tasks.send_payouts",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    },
    "mail about funds": {
        "task": "wallet.tasks.send_mails",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "end unconfirmed withdrawals": {
        "task": "wallet.tasks.cancel_unverified_withdrawals",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "make partitions": {"task": "ledger.tasks.make_partitions", "schedule": 3600.0},
    "reconcile rails": {
        "task": "wallet.tasks.reconcile_rails",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "reconcile frozen rails": {
        "task": "wallet.tasks.reconcile_frozen_rails",
        "schedule": 120.0,
        "options": {"expires": 120.0},
    },
    "queue address syncs": {
        "task": "wallet.venues.tasks.queue_syncs",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "watch keys of exchange accounts": {
        "task": "wallet.venues.tasks.watch_keys",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "forget answers about exchange accounts": {
        "task": "wallet.venues.tasks.forget_old_answers",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "refresh currencies of other exchanges": {
        "task": "wallet.venues.tasks.refresh_currencies",
        "schedule": 900.0,
        "options": {"expires": 900.0},
    },
    "watch other exchanges": {
        "task": "wallet.venues.tasks.watch_venues",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "recheck reported deposits": {
        "task": "wallet.tasks.recheck_reports",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
}
if DEMO:
    CELERY_BEAT_SCHEDULE["fill wallets of the demo"] = {
        "task": "exchange.tasks.fill_wallets_of_demo",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    }
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
TASK_SENDER = "exchange.celery.app"
"""The application through which layers below it send tasks."""

# --- The exchange ------------------------------------------------------------------------------------------------
MATCHING_SHARD = env.str("MATCHING_SHARD", default="main")
"""The shard this process's worker runs, where it consumes the queue `matching`."""
MATCHING_BATCH_LIMIT = env.int("MATCHING_BATCH_LIMIT", default=500)
MATCHING_BATCH_WRITERS = ("marketdata.settling.CandleWriter",)
"""Classes that write about each batch in its own database transaction (`matching/worker/batch_writers.py`)."""
LEDGER_LOCKS = ("matching.verification.LOCKED_BY_OPEN_ORDERS", "wallet.verification.LOCKED_BY_FUNDS")
"""Statements that say for what balances are locked; together they account for all of it (`ledger/verification.py`)."""
VERIFY_CHANGES_SECONDS = 60.0
"""How often what changed in the books is proven; five times as long after the last proof they count as unproven."""
SECOND_CANDLES_DAYS = env.int("SECOND_CANDLES_DAYS", default=7)
"""How long candles of seconds are stored; older ones are added up from their trades when somebody asks."""
MAX_PENDING_COMMANDS = env.int("MAX_PENDING_COMMANDS", default=20_000)
"""Above it the exchange answers 503 to new orders: better refused than late."""
MATCHING_CHECKPOINT_EVERY = env.int("MATCHING_CHECKPOINT_EVERY", default=250_000)
"""Applied commands between two checkpoints of the books."""
ANSWER_TIMEOUT_SECONDS = env.float("ANSWER_TIMEOUT_SECONDS", default=5)
"""How long a request waits for its outcome before it is answered 202 with the order's id."""
MAX_WAITING_REQUESTS = env.int("MAX_WAITING_REQUESTS", default=56)
"""How many threads of a web process may wait for outcomes; the rest stay free for everything else."""
SIGNATURE_WINDOW_MS = 5_000
FEE_VOLUME_ASSET = env.str("FEE_VOLUME_ASSET", default="USDT")
"""What volumes are told in that decide about fee tiers."""

# --- Funds: accounts at other exchanges ---------------------------------------------------------------------------
VENUE_MAX_ACCOUNTS = env.int("VENUE_MAX_ACCOUNTS", default=20)
"""Accounts at other exchanges that a user may connect."""
VENUE_MOST_AT_ONCE = 100
"""Addresses in one request."""
VENUE_SYNC_MINUTES = env.int("VENUE_SYNC_MINUTES", default=30)
"""Between two syncs of an account; jittered, and doubled with each failure up to a day."""
VENUE_FULL_SYNC_HOURS = env.int("VENUE_FULL_SYNC_HOURS", default=24)
VENUE_CURRENCIES_AT_ONCE = env.int("VENUE_CURRENCIES_AT_ONCE", default=10)
"""Currencies a sync asks for side by side, inside the exchange's own limit."""
VENUE_SYNCS_AT_ONCE = env.int("VENUE_SYNCS_AT_ONCE", default=4)
"""Of one worker process: fewer than it has threads, as mails and payouts need some too."""
VENUE_UNUSUAL_CHANGES = env.int("VENUE_UNUSUAL_CHANGES", default=20)
"""Changes and deletions of a user's addresses and keys within an hour, from which on staff are asked to look."""
VENUE_FAILURES_TO_ALERT = env.int("VENUE_FAILURES_TO_ALERT", default=5)
"""Syncs of an account that fail one after the other, from which on staff are asked to look."""
VENUE_SANDBOX_URL = env.str("VENUE_SANDBOX_URL", default="")
"""A far end that stands for every exchange's sandbox, each under its ccxt id; empty: the sandboxes they have."""
VENUE_PROXY_FROM_ENVIRONMENT = env.bool("VENUE_PROXY_FROM_ENVIRONMENT", default=False)
"""Whether HTTPS_PROXY and the like may come between us and other exchanges."""
VENUE_EXTRA_EXCHANGES: list[str] = env.list("VENUE_EXTRA_EXCHANGES", default=[])
"""ccxt ids of exchanges to offer besides the eight that everybody has."""
VENUE_PROFILES: dict[str, dict[str, Any]] = env.json("VENUE_PROFILES", default={})
"""ccxt id → what is particular about asking it (`wallet/venues/exchanges/profiles.py`)."""

# --- Funds: rails ------------------------------------------------------------------------------------------------
RAIL_ADAPTERS = {
    "simulated_chain": "wallet.rails.simulated.SimulatedChainRail",
    "custody": "wallet.rails.custody.CustodyRail",
    "bank": "wallet.rails.bank.BankRail",
}
"""Rail kind to the class that speaks to it; it is called with the `Rail`."""
SIMCHAIN_URL = env.str("SIMCHAIN_URL", default="")
"""Where the simulated chain answers; empty where there is none."""
SIMCHAIN_TOKEN = env.str("SIMCHAIN_TOKEN", default="")

# --- Withdrawals -------------------------------------------------------------------------------------------------
TRAVEL_RULE_ABOVE = env.str("TRAVEL_RULE_ABOVE", default="1000")
"""A withdrawal worth more, in `FEE_VOLUME_ASSET`, names who sends, who receives, and why."""
WITHDRAWAL_SMALL_VALUE = env.str("WITHDRAWAL_SMALL_VALUE", default="1000")
"""Up to this value, in the same, staff need not look at the first withdrawal to an address or at nearly all one has."""
WITHDRAWAL_ADDRESS_COOLING_HOURS = env.int("WITHDRAWAL_ADDRESS_COOLING_HOURS", default=24)
NEWCOMER_HOURS = env.int("NEWCOMER_HOURS", default=87_600 if DEMO else 48)
"""So long after signing up the first address and the first authenticator app serve at once. In a demo for ten years:
its users are made with it, and whoever opens it in its second week deposits, trades and withdraws within minutes."""
REFERENCE_PRICE_MAX_AGE_SECONDS = env.int("REFERENCE_PRICE_MAX_AGE_SECONDS", default=3600)
"""A market whose last trade is older says nothing about what an asset is worth."""
REFERENCE_PRICE_MIN_VOLUME = env.str("REFERENCE_PRICE_MIN_VOLUME", default="10000")
"""A market that has traded less in 24 hours, in `FEE_VOLUME_ASSET`, is too thin to be believed."""
STAFF_PRICE_MAX_AGE_DAYS = env.int("STAFF_PRICE_MAX_AGE_DAYS", default=30)
SCREENING_PROVIDER = env.str("SCREENING_PROVIDER", default="wallet.services.screening.ListFileProvider")
SCREENING_LIST = env.str("SCREENING_LIST", default="")
"""A file of addresses nobody may be paid at (`wallet/services/screening.py`); empty: nothing is on the list."""

# --- The API -----------------------------------------------------------------------------------------------------
MAX_API_KEYS_PER_USER = 20
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", default=[])
"""CIDR ranges of our own proxies: X-Forwarded-For is believed from them alone."""
RATE_LIMITS = {
    "orders": {
        "key": env.str("RATE_LIMIT_ORDERS_PER_KEY", default="3000/10second"),
        "address": env.str("RATE_LIMIT_ORDERS_PER_ADDRESS", default="6000/10second"),
    },
    "reads": {
        "key": env.str("RATE_LIMIT_READS_PER_KEY", default="3000/10second"),
        "address": env.str("RATE_LIMIT_READS_PER_ADDRESS", default="6000/10second"),
    },
    "funds": {
        "key": env.str("RATE_LIMIT_FUNDS_PER_KEY", default="60/minute"),
        "address": env.str("RATE_LIMIT_FUNDS_PER_ADDRESS", default="120/minute"),
    },
    "exchanges": {
        "key": env.str("RATE_LIMIT_EXCHANGES_PER_KEY", default="300/minute"),
        "address": env.str("RATE_LIMIT_EXCHANGES_PER_ADDRESS", default="600/minute"),
    },
    "exports": {
        "key": env.str("RATE_LIMIT_EXPORTS_PER_KEY", default="10/minute"),
        "address": env.str("RATE_LIMIT_EXPORTS_PER_ADDRESS", default="30/minute"),
    },
    "staff_sign_in": {
        "key": env.str("RATE_LIMIT_STAFF_SIGN_IN_PER_NAME", default="10/5minute"),
        "address": env.str("RATE_LIMIT_STAFF_SIGN_IN_PER_ADDRESS", default="30/5minute"),
    },
}
"""What a key (or a signed-in user) and an address may do, by class of endpoint; in the notation of `limits`."""
MAX_EXPORTS = env.int("MAX_EXPORTS", default=4)
"""How many histories a web process writes as files at once. Each occupies a thread for as long as its client reads."""
MAX_EXPORTS_PER_ACCOUNT = env.int("MAX_EXPORTS_PER_ACCOUNT", default=2)

# --- The streams -------------------------------------------------------------------------------------------------
WEB_PUBLIC_URL = env.str("WEB_PUBLIC_URL", default="http://127.0.0.1:8000")
"""Where people find the page."""
STREAM_PORT = env.int("STREAM_PORT", default=0)
"""Where the page finds the streams, on the host it was fetched from; 0: at its own address, behind one proxy."""
STREAM_ORIGINS: list[str] = env.list("STREAM_ORIGINS", default=[])
"""Further origins whose pages may open sockets, e.g. https://trade.example.com."""
STREAM_MAX_CONNECTIONS_PER_ADDRESS = env.int("STREAM_MAX_CONNECTIONS_PER_ADDRESS", default=100)
STREAM_MAX_CONNECTIONS_PER_USER = env.int("STREAM_MAX_CONNECTIONS_PER_USER", default=20)
STREAM_MAX_SUBSCRIPTIONS = env.int("STREAM_MAX_SUBSCRIPTIONS", default=500)
"""Of one connection."""
STREAM_MAX_FRAME_BYTES = env.int("STREAM_MAX_FRAME_BYTES", default=32 * 1024)
STREAM_MAX_FRAMES_PER_SECOND = env.int("STREAM_MAX_FRAMES_PER_SECOND", default=400)
"""Of one connection; twice as many at once."""
STREAM_MAX_COMMANDS_IN_FLIGHT = env.int("STREAM_MAX_COMMANDS_IN_FLIGHT", default=200)
"""Orders and cancels of one connection that wait for their results."""
STREAM_BUFFER_BYTES = env.int("STREAM_BUFFER_BYTES", default=1024 * 1024)
"""What may wait for one client; who falls further behind is dropped."""
STREAM_PATIENCE_SECONDS = env.int("STREAM_PATIENCE_SECONDS", default=10)
"""How long a client that is being sent something long may take none of it."""
STREAM_BOOK_LEVELS = env.int("STREAM_BOOK_LEVELS", default=1000)
"""Of each side, in the snapshot of a book."""
STREAM_AUTH_SECONDS = env.int("STREAM_AUTH_SECONDS", default=10)
"""How long a private socket waits for its client to say who it is."""
STREAM_RECHECK_SECONDS = env.float("STREAM_RECHECK_SECONDS", default=2.0)
"""How often keys and sessions of open sockets are looked up again."""
STREAM_PING_SECONDS = env.int("STREAM_PING_SECONDS", default=20)
STREAM_PING_TIMEOUT_SECONDS = env.int("STREAM_PING_TIMEOUT_SECONDS", default=20)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.SignatureAuthentication",
        "accounts.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttles.EdgeThrottle"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["exchange.api.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["exchange.api.parsers.StrictJsonParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "exchange.api.negotiation.QuickNegotiation",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "exchange.api.errors.handle_exception",
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
    "COERCE_DECIMAL_TO_STRING": True,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Bourse",
    "DESCRIPTION": "Spot exchange. How to sign a request, and what errors look like, is in docs/api.md.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "HealthStateEnum": ["ok", "unavailable"],
        "SideEnum": "matching.api.serializers.SIDES",
        "OrderStatusEnum": "matching.api.serializers.STATUSES",
        "MarketStateEnum": "matching.api.serializers.STATES",
        "ExchangeStateEnum": "exchange.api.status.EXCHANGE_STATES",
        "ServiceStateEnum": "exchange.api.status.SERVICE_STATES",
        "NoticeKindEnum": "exchange.notices.api.serializers.KINDS",
        "NoticeSeverityEnum": "exchange.notices.api.serializers.SEVERITIES",
        "NoticePhaseEnum": "exchange.notices.api.serializers.PHASES",
        "WithdrawalStateEnum": "wallet.api.withdrawal_serializers.WITHDRAWAL_STATES",
        "TypeEnum": "matching.api.serializers.ORDER_TYPES",
        "DepositStateEnum": "wallet.api.deposit_serializers.DEPOSIT_STATES",
        "DepositClaimStateEnum": "wallet.api.deposit_serializers.CLAIM_STATES",
        "DepositSourceTypeEnum": "wallet.api.deposit_serializers.PARTY_TYPES",
        "ExchangeAccountKindEnum": "wallet.venues.api.account_serializers.ACCOUNT_KINDS",
        "SyncStatusEnum": "wallet.venues.api.account_serializers.SYNC_STATUSES",
        "AddressSyncTypeEnum": "wallet.venues.api.account_serializers.SYNC_TYPES",
        "AddressSyncTriggerEnum": "wallet.venues.api.account_serializers.SYNC_TRIGGERS",
        "AddressSyncStatusEnum": "wallet.venues.api.account_serializers.SYNC_OUTCOMES",
        "ExchangeAddressStatusEnum": "wallet.venues.api.address_serializers.ADDRESS_STATUSES",
        "AddressListingEnum": "wallet.venues.api.address_serializers.LISTINGS",
        "AddressActivityEnum": "wallet.venues.api.address_serializers.ACTIVITIES",
        "AddressActorEnum": "wallet.venues.api.address_serializers.ACTORS",
        "BulkActionEnum": "wallet.venues.api.address_serializers.BULK_ACTIONS",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "exchange.api.schema.describe_errors",
    ],
}
