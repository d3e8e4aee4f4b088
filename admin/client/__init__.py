"""A typed client of the admin API, for programs. Needs the extra `client`."""

from gemelo.admin.client.admin import AdminClient
from gemelo.admin.client.line import Refused

__all__ = ["AdminClient", "Refused"]
