from django.urls import path, register_converter

from timeline import visits
from timeline.alerts import alert_pages, searches
from timeline.pages import (
    accuracy_page,
    article_versions,
    compare,
    digests,
    embed,
    facet_search,
    map_page,
    periods,
    printable,
    source_page,
    teaching,
    views,
)
from timeline.takeaway import citations, exports, feeds, openapi
from timeline.telling import languages

register_converter(digests.DayConverter, "day")
register_converter(digests.MonthConverter, "month")

urlpatterns = [
    path("", views.chronology, name="chronology"),
    path("events/<int:pk>/", views.event, name="event"),
    path("events/<int:pk>/cite/<str:style>", citations.citation, name="citation"),
    path("events.atom", feeds.atom, name="feed"),
    path("events.csv-metadata.json", exports.csv_metadata, name="csv-metadata"),
    path("events.<str:name>", exports.download, name="export"),
    path("articles/<int:pk>/", views.article, name="article"),
    path("articles/<int:pk>/versions/<int:number>/", article_versions.version, name="article-version"),
    path("places/<int:pk>/", views.place, name="place"),
    path("actors/<int:pk>/", views.actor, name="actor"),
    path("facets/<str:name>/", facet_search.facet_page, name="facet"),
    path("days/<day:day>/", digests.day_page, name="day"),
    path("months/<month:month>/", digests.month_page, name="month"),
    path("periods/", periods.periods_page, name="periods"),
    path("print/", printable.printable, name="printable"),
    path("compare/", compare.compare_page, name="compare"),
    path("embed/", embed.embed, name="embed"),
    path("embed/code/", embed.code, name="embed-code"),
    path("api/", openapi.api, name="api"),
    path("changes.atom", searches.change_feed, name="change-feed"),
    path("searches/", searches.search_list, name="searches"),
    path("searches/new/", searches.save, name="search-new"),
    path("searches/<slug:slug>/", searches.search, name="search"),
    path("searches/<slug:slug>.atom", searches.search_feed, name="search-feed"),
    path("searches/<slug:slug>/remove", searches.forget, name="search-forget"),
    path("searches/<slug:slug>/alerts/", alert_pages.alerts, name="alerts"),
    path("searches/<slug:slug>/alerts/mail", alert_pages.mail, name="mail-alert"),
    path("searches/<slug:slug>/alerts/webhooks", alert_pages.add_webhook, name="webhook-new"),
    path("alerts/webhooks/<int:pk>/<str:act>", alert_pages.change_webhook, name="webhook-change"),
    path("alerts/stop/<str:token>/", alert_pages.stop, name="mail-stop"),
    path("look/", visits.look, name="look"),
    path("language/", languages.choose_language, name="language"),
    path("map/", map_page.map_page, name="map"),
    path("sources/", views.sources, name="sources"),
    path("sources/<int:pk>/", source_page.source, name="source"),
    path("accuracy/", accuracy_page.accuracy, name="accuracy"),
    path("teaching/", teaching.teaching, name="teaching"),
    path("about/", views.about, name="about"),
    path("healthz", views.healthz, name="healthz"),
]
