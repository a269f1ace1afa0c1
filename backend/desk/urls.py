"""The addresses of the desk."""

from django.urls import include, path
from django.views.i18n import set_language

from backend.desk.api.classify import Classify
from backend.desk.api.description import Description
from backend.desk.api.lookup import LookUp
from backend.desk.health import health
from backend.desk.pages import (
    directory,
    evidence,
    incidents,
    keeping,
    log,
    lookup,
    quarantine,
    related,
    retention,
    start,
)
from referral.views import drafting, letters, lists, register

handler400 = "backend.desk.pages.errors.bad_request"
handler403 = "backend.desk.pages.errors.forbidden"
handler404 = "backend.desk.pages.errors.not_found"
handler500 = "backend.desk.pages.errors.failed"

urlpatterns = [
    path("healthz", health, name="health"),
    path("language/", set_language, name="set_language"),
    path("account/", include("backend.desk.signin.urls")),
    path("", start.start, name="start"),
    path("incidents/", incidents.incident_list, name="incidents"),
    path("incidents/<uuid:pk>/", incidents.incident, name="incident"),
    path("incidents/<uuid:pk>/classification/", incidents.decide_classification, name="decide_classification"),
    path("incidents/<uuid:pk>/duplicate/<uuid:other>/", related.duplicate, name="duplicate"),
    path("incidents/<uuid:pk>/retention/", keeping.keeping, name="keeping"),
    path("incidents/<uuid:pk>/retention/<slug:act>/", keeping.act, name="keeping_act"),
    path("incidents/<uuid:pk>/referral/", drafting.open_referral, name="open_referral"),
    path("evidence/", evidence.evidence_list, name="evidence"),
    path("evidence/<uuid:pk>/", evidence.item, name="evidence_item"),
    path("evidence/<uuid:pk>/content/", evidence.read, name="read_evidence"),
    path("evidence/<uuid:pk>/release/", evidence.propose, name="propose_release"),
    path("releases/<uuid:pk>/decision/", evidence.decide, name="decide_release"),
    path("lookup/", lookup.lookup, name="lookup"),
    path("referrals/", lists.referral_list, name="referrals"),
    path("referrals/<uuid:pk>/", lists.referral, name="referral"),
    path("referrals/<uuid:pk>/letter/", drafting.draft_letter, name="draft_letter"),
    path("received/", lists.inbox, name="inbox"),
    path("letters/<uuid:pk>/", letters.letter, name="letter"),
    path("letters/<uuid:pk>/letter.pdf", letters.letter_pdf, name="letter_pdf"),
    path("letters/<uuid:pk>/edit/", drafting.edit_letter, name="edit_letter"),
    path("letters/<uuid:pk>/<slug:act>/", letters.letter_act, name="letter_act"),
    path("quarantine/", quarantine.quarantine, name="quarantine"),
    path("quarantine/retry/", quarantine.retry_all, name="quarantine_retry"),
    path("quarantine/<uuid:pk>/<slug:act>/", quarantine.act, name="quarantine_act"),
    path("retention/", retention.retention, name="retention"),
    path("retention/<slug:act>/", retention.act, name="retention_act"),
    path("directory/", directory.directory, name="directory"),
    path("law/", register.law_sources, name="law_sources"),
    path("law/<slug:source>/", register.law_source, name="law_source"),
    path("law/<slug:source>/<slug:digest>/", register.provision, name="provision"),
    path("law/<slug:source>/<slug:digest>/<slug:act>/", register.provision_act, name="provision_act"),
    path("audit/", log.audit, name="audit"),
    path("api/v1/classify", Classify.as_view(), name="api_classify"),
    path("api/v1/lookup", LookUp.as_view(), name="api_lookup"),
    path("api/v1/openapi.json", Description.as_view(), name="api_description"),
]
