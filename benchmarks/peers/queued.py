"""django-post_office in a project of one file: `fill FILE PORT NUMBER` queues letters, `send FILE PORT` sends them."""
# mypy: ignore-errors

import logging
import sys

import django
from django.conf import settings
from django.core.management import call_command

BODY = "Thank you for the time you took. " * 20


def main() -> None:
    act, file, port, *number = sys.argv[1:]
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": file}},
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        EMAIL_BACKEND="post_office.EmailBackend",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=int(port),
        SECRET_KEY="figures",
        USE_TZ=True,
    )
    logging.disable()
    django.setup()
    if act == "send":
        call_command("send_queued_mail", processes=1, log_level=0)
        return
    call_command("migrate", verbosity=0)
    from post_office import mail

    kwargs = [
        {
            "sender": "sam@example.org",
            "recipients": [f"jobs{one}@example.org"],
            "subject": f"A question about my application {one}",
            "message": f"Dear {one},\n\n{BODY}\n\nKind regards\nSam Rivera\n",
        }
        for one in range(int(number[0]))
    ]
    mail.send_many(kwargs)


if __name__ == "__main__":
    main()
