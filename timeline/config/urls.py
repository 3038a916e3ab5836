from django.contrib import admin
from django.urls import include, path

from timeline.second_factor import second_factor

handler500 = "operations.outages.server_error"

admin.site.site_header = "Conflict timeline: curation"
admin.site.site_title = "Conflict timeline"
admin.site.index_title = "Curation"

urlpatterns = [
    path("", include("operations.urls")),  # before the admin, whose last pattern takes what is under admin/
    path("admin/", admin.site.urls),
    path("second-factor/", second_factor, name="second-factor"),
    path("desk/", include("timeline.desk.urls")),
    path("", include("timeline.urls")),
]
