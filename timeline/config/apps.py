from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """No models: it is an app so that `manage.py run` stands where the processes and engines are known."""

    name = "timeline.config"
    label = "config"
