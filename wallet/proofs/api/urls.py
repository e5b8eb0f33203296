"""Addresses below /api/v1/."""

from django.urls import path

from wallet.proofs.api import statements, views

urlpatterns = [
    path("proof-of-liabilities", views.LiabilitiesView.as_view()),
    path("proof-of-liabilities/mine", views.OwnLiabilitiesView.as_view()),
    path("statements", statements.PastBalancesView.as_view()),
    path("statements/<str:year>", statements.YearStatementView.as_view()),
    path("statements/<str:year>/export", statements.YearStatementExportView.as_view()),
]
