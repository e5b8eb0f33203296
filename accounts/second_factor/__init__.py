"""The second factor: codes of an authenticator app, recovery codes, and codes by e-mail.

django-allauth keeps the authenticators and the steps of signing in; whether a code is right is decided here alone, for
signing in as for withdrawals and staff. A code works once, guesses are counted in PostgreSQL, and both are committed
before whatever the code is for begins: a caller that fails or rolls back gives no code and no guess back.
"""
