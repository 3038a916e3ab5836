from django.urls import path

from timeline.desk import double, missed, views

urlpatterns = [
    path("", views.start, name="desk"),
    path("articles/<int:pk>/missed/", missed.missed, name="desk-missed"),
    path("coding/", double.tasks, name="desk-coding"),
    path("coding/agreement/", double.agreement, name="desk-agreement"),
    path("coding/<int:pk>/", double.task, name="desk-coding-task"),
    path("coding/<int:pk>/finish", double.finish, name="desk-coding-finish"),
    path("coding/<int:pk>/withdraw/<int:coding>", double.withdraw, name="desk-coding-withdraw"),
    path("places/", views.places, name="desk-places"),
    path("<int:pk>/", views.event, name="desk-event"),
    path("<int:pk>/history.jsonl", views.history, name="desk-history"),
    path("<int:pk>/<slug:act>/", views.decide, name="desk-decide"),
]
