from django.apps import AppConfig
from django_structlog.signals import bind_extra_request_metadata


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = "Operations"

    def ready(self) -> None:
        from operations.visitors import log_address

        bind_extra_request_metadata.connect(log_address, dispatch_uid="operations.visitors")
