"""Prosecutor's Office of the Mangystau Region of Kazakhstan: a project of its own on gov.kz."""

from corpus.sources._govkz import regional

SOURCE = regional("Prosecutor's Office of Mangystau Region, Kazakhstan", "prokuratura-mangistau")
