"""Addresses that pages had before lead to where they are now, with query and language."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from webui.site.old_addresses import MOVED


@pytest.mark.parametrize("language", ["", "/ru", "/kk"])
@pytest.mark.parametrize("old", MOVED)
def test_an_old_address_leads_to_the_new_one(client: FlaskClient, old: str, language: str) -> None:
    plain = client.get(f"{language}{old}")
    asked = client.get(f"{language}{old}?q=%D1%81%D1%83%D0%B4&by=left")
    assert (plain.status_code, plain.location) == (301, f"{language}{MOVED[old]}")
    assert asked.location == f"{language}{MOVED[old]}?q=%D1%81%D1%83%D0%B4&by=left"
    assert client.get(plain.location).status_code == 200
