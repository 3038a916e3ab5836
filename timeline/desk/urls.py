from django.urls import path

from timeline.desk import missed, views

urlpatterns = [
    path("", views.start, name="desk"),
    path("articles/<int:pk>/missed/", missed.missed, name="desk-missed"),
    path("places/", views.places, name="desk-places"),
    path("<int:pk>/", views.event, name="desk-event"),
    path("<int:pk>/<slug:act>/", views.decide, name="desk-decide"),
]
