from django.urls import path

from operations import views

urlpatterns = [
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.prometheus, name="metrics"),
    path("admin/queue/", views.queue, name="queue"),
    path("admin/queue/retry/<str:kind>", views.retry, name="queue-retry"),
    path("admin/feed-health/", views.feed_health, name="feed-health"),
]
