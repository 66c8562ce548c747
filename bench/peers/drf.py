"""Django REST Framework over the tutorial app's tables: serializers with their parts, `prefetch_related`, offsets."""

import os
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import models
from django.urls import path

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["bench.peers", "rest_framework"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["BENCH_DATABASE"], "CONN_MAX_AGE": None
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [], "DEFAULT_PERMISSION_CLASSES": [], "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
)  # fmt: skip
django.setup()

from rest_framework import generics, serializers  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Pledge(models.Model):
    code = models.TextField()
    meeting_id = models.TextField()
    number = models.IntegerField()
    summary = models.TextField()
    act = models.TextField()
    specificity = models.TextField()
    formula = models.TextField()
    due_text = models.TextField(null=True)
    due_to = models.DateField(null=True)
    held_on = models.DateField()

    class Meta:
        app_label, db_table, managed = "peers", "pledge", False


class PledgeTopic(models.Model):
    pledge = models.ForeignKey(Pledge, models.DO_NOTHING, related_name="topics")
    topic_slug = models.TextField(primary_key=True)

    class Meta:
        app_label, db_table, managed = "peers", "pledgetopic", False


class PledgeParty(models.Model):
    pledge = models.ForeignKey(Pledge, models.DO_NOTHING, related_name="parties")
    party_code = models.TextField(primary_key=True)
    role = models.TextField()

    class Meta:
        app_label, db_table, managed = "peers", "pledgeparty", False


class Citation(models.Model):
    pledge = models.ForeignKey(Pledge, models.DO_NOTHING, related_name="citations")
    source = models.TextField()
    zone = models.TextField()
    start = models.IntegerField()
    end = models.IntegerField()

    class Meta:
        app_label, db_table, managed = "peers", "citation", False


def _shape(model: Any, *names: str) -> Any:
    meta = type("Meta", (), {"model": model, "fields": names})
    return type(f"{model.__name__}Serializer", (serializers.ModelSerializer,), {"Meta": meta})


class PledgeSerializer(serializers.ModelSerializer):
    topics = _shape(PledgeTopic, "topic_slug")(many=True)
    parties = _shape(PledgeParty, "party_code", "role")(many=True)
    citations = _shape(Citation, "source", "zone", "start", "end")(many=True)

    class Meta:
        model = Pledge
        fields = (
            "id", "code", "meeting_id", "number", "summary", "act", "specificity", "formula", "due_text", "due_to",
            "held_on", "topics", "parties", "citations",
        )  # fmt: skip


_WHOLE = Pledge.objects.prefetch_related("topics", "parties", "citations")


class PledgeList(generics.GenericAPIView):
    def get(self, request: Any) -> Response:
        asked = request.query_params
        found = _WHOLE.filter(act__in=("commit", "agree", "reaffirm"))
        if "topic" in asked:
            found = found.filter(topics__topic_slug=asked["topic"])
        if "party" in asked:
            found = found.filter(parties__party_code=asked["party"], parties__role="pledgor")
        if "since" in asked:
            found = found.filter(held_on__gte=asked["since"], held_on__lt=asked["before"])
        if "q" in asked:
            found = found.filter(summary__icontains=asked["q"])
        first = int(asked.get("offset", 0))
        return Response(PledgeSerializer(found.order_by("-held_on", "id")[first : first + 50], many=True).data)


class PledgeDetail(generics.RetrieveAPIView):
    queryset, serializer_class, lookup_field = _WHOLE, PledgeSerializer, "code"


class Facets(APIView):
    def get(self, request: Any) -> Response:
        asked = request.query_params
        found = Pledge.objects.filter(parties__party_code=asked["party"], parties__role="pledgor")
        found = found.filter(held_on__gte=asked["since"])
        topics = found.values("topics__topic_slug").annotate(n=models.Count("id"))
        acts = found.values("act").annotate(n=models.Count("id"))
        return Response({"topic": list(topics), "act": list(acts)})


urlpatterns = [
    path("pledges", PledgeList.as_view()),
    path("facets", Facets.as_view()),
    path("pledges/<str:code>", PledgeDetail.as_view()),
]
application = get_wsgi_application()
